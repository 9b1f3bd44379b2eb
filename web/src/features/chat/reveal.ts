// How much of an answer is shown while it streams: the wire brings words in bursts, the page lets
// them flow. Pure; useReveal keeps the time.

const CHARS_PER_SECOND = 45;
/** A burst is caught up with in about this long, so that the page never lags far behind. */
const CATCH_UP_MS = 400;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The next length to show, always between two characters as a reader sees them. */
export function nextCut(text: string, cut: number, elapsedMs: number): number {
  const backlog = text.length - cut;
  if (backlog <= 0) return text.length;
  const steady = (CHARS_PER_SECOND * elapsedMs) / 1000;
  const hurried = (backlog * elapsedMs) / CATCH_UP_MS;
  const goal = Math.ceil(Math.max(steady, hurried, 1));
  let shown = 0;
  for (const { segment } of graphemes.segment(text.slice(cut))) {
    shown += segment.length;
    if (shown >= goal) break;
  }
  return cut + shown;
}
