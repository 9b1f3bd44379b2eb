// Where in an excerpt the searched words stand. Pure.

export type Part = { text: string; isMatch: boolean };

/** The server compares without case and width; what cannot be found again that way is left unmarked. */
export function marked(excerpt: string, wanted: string): Part[] {
  const needle = plain(wanted);
  const parts: Part[] = [];
  const characters = [...excerpt];
  const folded = characters.map(plain);
  let start = 0;
  let index = 0;
  while (needle !== "" && index < characters.length) {
    const end = matchEnd(folded, index, needle);
    if (end === null) {
      index += 1;
      continue;
    }
    if (index > start)
      parts.push({ text: characters.slice(start, index).join(""), isMatch: false });
    parts.push({ text: characters.slice(index, end).join(""), isMatch: true });
    start = end;
    index = end;
  }
  if (start < characters.length)
    parts.push({ text: characters.slice(start).join(""), isMatch: false });
  return parts;
}

function plain(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

/** The index behind the match that begins here; null if none does. */
function matchEnd(folded: string[], from: number, needle: string): number | null {
  let text = "";
  for (let index = from; index < folded.length; index += 1) {
    text += folded[index];
    if (text === needle) return index + 1;
    if (!needle.startsWith(text)) return null;
  }
  return null;
}
