// The secrets of links that were followed. One stands in the fragment of the address, which no browser
// sends; it is taken out of the address bar before anything else runs, and kept in memory only.

const followed = new Map<string, string>();
const VIEWER = /^\/history\/([^/]+)$/;
const FRAGMENT = /^#share=(.+)$/;

/** Takes the secret out of the address, if there is one. */
export function takeShare(): void {
  const { pathname, search, hash } = location;
  const [, sessionId] = VIEWER.exec(pathname) ?? [];
  const [, secret] = FRAGMENT.exec(hash) ?? [];
  if (sessionId === undefined || secret === undefined) return;
  followed.set(decodeURIComponent(sessionId), secret);
  history.replaceState(history.state, "", pathname + search);
}

export function shareOf(sessionId: string): string | undefined {
  return followed.get(sessionId);
}
