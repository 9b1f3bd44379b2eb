// The addresses of the app, in one place.

export const paths = {
  signIn: "/sign-in",
  /** The letter with a link to set a new password leads here. */
  resetPassword: "/reset-password",
  password: "/password",
  accounts: "/accounts",
  animals: "/dashboard/conversations/animals",
  /** Where the history stood in the first system. */
  formerHistory: "/dashboard/conversations/history",
  history: "/history",
  // The API has routes of these names, and the local product answers them without `/api` too: the slash at
  // the end tells the page from the route.
  family: "/family/",
  consent: "/family/consent/:childId",
  erasure: "/family/erase/:childId",
  /** What is one's own, and how it is erased. */
  privacy: "/privacy/",
  /** Of something that was erased; which one stands in the fragment. */
  receipt: "/receipt",
  /** The letter about an invitation leads here. */
  invitations: "/invitations/",
  alerts: "/alerts/",
  /** Who saw what. */
  trail: "/trail",
  viewerPattern: "/history/:sessionId",
  viewer: (sessionId: string) => `/history/${encodeURIComponent(sessionId)}`,
  chatPattern: "/dashboard/conversations/chat/:animalId/:sessionId?",
  chat: (animalId: string, sessionId?: string) =>
    ["/dashboard/conversations/chat", animalId, sessionId]
      .filter((part) => part !== undefined)
      .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
      .join("/"),
} as const;
