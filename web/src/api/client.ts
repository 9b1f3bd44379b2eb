// The one session of this tab. What needs no sign-in is read past it.
import { Session } from "./session";
import { otherTabs } from "./tabs";

export const session = new Session({
  fetch: (request) => fetch(request),
  storage: sessionStorage,
  now: () => Date.now(),
  origin: location.origin,
  tabs: otherTabs(new BroadcastChannel("menagerie.session")),
  exclusively: (task) => navigator.locks?.request("menagerie.refresh", task) ?? task(),
});
