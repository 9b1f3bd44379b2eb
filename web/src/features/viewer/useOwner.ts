// Whose conversation it is, as its reader calls them.
import { useQuery } from "@tanstack/react-query";
import { session } from "../../api/client";
import { read } from "../../api/read";
import { m } from "../../paraglide/messages.js";
import { useUser } from "../auth/useSession";

/** Null for one's own. `name` is there where the reader may know it. */
export function useOwner(
  ownerId: string | undefined,
  byLink: boolean,
): { label: string; name: string | null } | null {
  const user = useUser();
  const isOther = ownerId !== undefined && user !== null && user.userId !== ownerId;
  const { data } = useQuery({
    queryKey: ["name", ownerId],
    queryFn: ({ signal }) =>
      read("/conversations/sessions", {
        query: { userId: ownerId ?? "", limit: 1 },
        fetch: session.fetch,
        signal,
      }),
    // Staff are told no names, and whoever follows a link may not ask.
    enabled: isOther && !byLink && user.role === "parent",
  });
  if (!isOther) return null;
  if (byLink) return { label: m.viewer_by_link(), name: null };
  const name = data?.sessions[0]?.displayName ?? null;
  return { label: name ?? m.viewer_somebody(), name };
}
