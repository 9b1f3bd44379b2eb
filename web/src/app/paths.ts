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
  family: "/family",
  /** The letter about an invitation leads here. */
  invitations: "/invitations",
  /** Who saw what. */
  trail: "/trail",
  alerts: "/alerts",
  viewerPattern: "/history/:sessionId",
  viewer: (sessionId: string) => `/history/${encodeURIComponent(sessionId)}`,
  chatPattern: "/dashboard/conversations/chat/:animalId/:sessionId?",
  chat: (animalId: string, sessionId?: string) =>
    ["/dashboard/conversations/chat", animalId, sessionId]
      .filter((part) => part !== undefined)
      .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
      .join("/"),
} as const;
