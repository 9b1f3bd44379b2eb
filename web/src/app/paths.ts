// The addresses of the app, in one place.

export const paths = {
  signIn: "/sign-in",
  animals: "/dashboard/conversations/animals",
  chatPattern: "/dashboard/conversations/chat/:animalId/:sessionId?",
  chat: (animalId: string, sessionId?: string) =>
    ["/dashboard/conversations/chat", animalId, sessionId]
      .filter((part) => part !== undefined)
      .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
      .join("/"),
} as const;
