// The rules of a message before it is sent. The limit counts Unicode scalar values of the trimmed
// text, as the contract does, so that an emoji or a Chinese character is one.

export const MESSAGE_LIMIT = 1000;
/** From here on the counter is worth its place. */
const COUNTER_FROM = 900;

export function messageLength(text: string): number {
  return [...text.trim()].length;
}

export function showsCounter(length: number): boolean {
  return length >= COUNTER_FROM;
}

export function canSend(text: string): boolean {
  const length = messageLength(text);
  return length > 0 && length <= MESSAGE_LIMIT;
}
