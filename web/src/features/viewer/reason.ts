// Why a member of staff opens a child's conversation, as the header that carries it wants it. Pure.

export const LONGEST_REASON = 200;

/** A header takes bytes; the server reads them as UTF-8. */
export function headerValue(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
