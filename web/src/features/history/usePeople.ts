// Whose conversations a guardian may choose among: all children of the family, whether they have talked or not.
import { useQuery } from "@tanstack/react-query";
import { session } from "../../api/client";
import { read } from "../../api/read";
import { useUser } from "../auth/useSession";
import { childrenOf } from "../family/family";
import { useOwnFamily } from "../family/useFamily";
import { peopleOf, type Person } from "./people";

/** The most that the server gives at once; among them is looked for what is new. */
const LOOKED_AT = 100;

export function usePeople(): Person[] {
  const user = useUser();
  const { data: family } = useOwnFamily({ ofGuardian: true });
  const isGuardian = user !== null && family?.familyId === user.userId;
  const { data } = useQuery({
    enabled: isGuardian,
    queryKey: ["sessions", "people"],
    queryFn: ({ signal }) =>
      read("/conversations/sessions", {
        query: { limit: LOOKED_AT },
        fetch: session.fetch,
        signal,
      }),
    staleTime: 0,
  });
  return isGuardian ? peopleOf(childrenOf(family), data?.sessions ?? []) : [];
}
