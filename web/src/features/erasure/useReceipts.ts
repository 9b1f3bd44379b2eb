// Reads which receipts there are of somebody, from the trail: nothing else names them once it is done.
import { useQuery } from "@tanstack/react-query";
import { session } from "../../api/client";
import { read } from "../../api/read";
import { useUser } from "../auth/useSession";
import { receiptsIn } from "./wishes";

/** Until the trail has followed what was just done. */
const FOLLOWS_MS = 10_000;

/** @param isRunning once it no longer is, there is one more */
export function useReceipts(targetUserId: string, isRunning: boolean) {
  const role = useUser()?.role;
  return useQuery({
    // Administrators' looking into the trail is an entry of it, and visitors have none.
    enabled: role === "user" || role === "parent" || role === "zookeeper",
    queryKey: ["receipts", targetUserId, isRunning],
    queryFn: async ({ signal }) => {
      const query = { targetUserId, eventType: "erasure_completed" as const, limit: 100 };
      return receiptsIn((await read("/audit", { query, fetch: session.fetch, signal })).entries);
    },
    staleTime: FOLLOWS_MS,
  });
}
