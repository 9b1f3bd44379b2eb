// Reads a receipt. Of an account that is gone no sign-in is needed, and none is left.
import { useQuery } from "@tanstack/react-query";
import { session } from "../../api/client";
import { read } from "../../api/read";
import { useSessionState } from "../auth/useSession";

const WAIT_MS = 2_000;

export function useReceipt(receiptId: string) {
  const { status } = useSessionState();
  const isSignedIn = status === "signedIn";
  return useQuery({
    enabled: receiptId !== "" && status !== "restoring",
    queryKey: ["receipt", receiptId, isSignedIn],
    queryFn: ({ signal }) =>
      read("/privacy/receipts/{receiptId}", {
        path: { receiptId },
        ...(isSignedIn && { fetch: session.fetch }),
        signal,
      }),
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => (data?.status === "running" ? WAIT_MS : false),
  });
}
