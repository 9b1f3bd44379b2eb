// How a conversation is opened that is not plainly one's own: with a reason, or with the secret of a link.
import { session } from "../../api/client";
import { headerValue } from "./reason";

export type Access = {
  /** Why a member of staff looks at it; the child's guardian will read this. */
  reason: string | null;
  share: string | undefined;
};

/** Sends a request as the signed-in user, with what opens this conversation. */
export function fetchWith({ reason, share }: Access) {
  return (request: Request): Promise<Response> => {
    if (reason !== null) request.headers.set("X-Access-Reason", headerValue(reason));
    if (share !== undefined) request.headers.set("X-Share", share);
    return session.fetch(request);
  };
}
