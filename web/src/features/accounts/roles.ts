import type { Account, Role } from "../../api/types";
import { m } from "../../paraglide/messages.js";

export const ROLES: Role[] = ["visitor", "user", "parent", "zookeeper", "administrator"];
export const STATUSES: Account["status"][] = ["active", "disabled", "erased"];

export function roleName(role: Role): string {
  const names = {
    visitor: m.role_visitor,
    user: m.role_user,
    parent: m.role_parent,
    zookeeper: m.role_zookeeper,
    administrator: m.role_administrator,
  };
  return names[role]();
}

export function statusName(status: Account["status"]): string {
  const names = {
    active: m.accounts_active,
    disabled: m.accounts_disabled,
    erased: m.accounts_erased,
  };
  return names[status]();
}
