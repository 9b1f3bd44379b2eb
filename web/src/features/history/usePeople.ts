// Whose conversations a parent may choose among: those of the family who have talked lately.
import { useQuery } from "@tanstack/react-query";
import { session } from "../../api/client";
import { read } from "../../api/read";
import { useUser } from "../auth/useSession";
import { peopleOf, type Person } from "./people";

/** The most that the server gives at once. */
const LOOKED_AT = 100;

export function usePeople(): Person[] {
  const user = useUser();
  const { data } = useQuery({
    enabled: user?.role === "parent",
    queryKey: ["sessions", "people"],
    queryFn: ({ signal }) =>
      read("/conversations/sessions", {
        query: { limit: LOOKED_AT },
        fetch: session.fetch,
        signal,
      }),
    staleTime: 0,
  });
  return data && user ? peopleOf(data.sessions, user.userId) : [];
}
