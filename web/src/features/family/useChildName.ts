import { m } from "../../paraglide/messages.js";
import { memberName } from "./family";
import { useOwnFamily } from "./useFamily";

/** What a guardian's child is called; words for any child while that is not known. */
export function useChildName(childId: string): string {
  const { data: family } = useOwnFamily({ ofGuardian: true });
  const child = family?.members.find(({ userId }) => userId === childId);
  return child ? memberName(child) : m.consent_your_child();
}
