// Where one can go from anywhere, by who one is. The server decides; a page that would refuse is left out.
import {
  Bell,
  Eye,
  History,
  MailOpen,
  ScrollText,
  UserCog,
  UsersRound,
  type LucideIcon,
} from "lucide-react";
import type { User } from "../api/types";
import { m } from "../paraglide/messages.js";
import { paths } from "./paths";

export type Entry = {
  to: string;
  label: string;
  Icon: LucideIcon;
  /** Stands in the bar above the page too, where there is room. */
  inBar: boolean;
};

export function entriesOf({ role, parentUserId }: Pick<User, "role" | "parentUserId">): Entry[] {
  const isChild = parentUserId !== undefined;
  const isStaff = role === "zookeeper" || role === "administrator";
  const isAdministrator = role === "administrator";
  const entry = (to: string, label: string, Icon: LucideIcon, inBar = false) => ({
    to,
    label,
    Icon,
    inBar,
  });
  const entries: (Entry | false)[] = [
    entry(paths.history, m.history_title(), History, true),
    (isChild || role === "parent") && entry(paths.family, m.family_title(), UsersRound, true),
    isStaff && entry(paths.family, m.families_title(), UsersRound, true),
    isStaff && entry(paths.alerts, m.alerts_title(), Bell, true),
    !isChild &&
      (role === "parent" || role === "user") &&
      entry(paths.invitations, m.invitations_title(), MailOpen),
    isAdministrator && entry(paths.trail, m.trail_title_all(), ScrollText),
    !isAdministrator && role !== "visitor" && entry(paths.trail, m.trail_title(), Eye),
    isAdministrator && entry(paths.accounts, m.accounts_title(), UserCog),
  ];
  return entries.filter((entry) => entry !== false);
}
