// The small part of Markdown a reply may use: paragraphs, lists, **bold** and *italic*. It yields
// data, never HTML; whatever else a reply contains stays the text it is.

export type Inline = { kind: "text"; text: string } | { kind: "strong" | "em"; children: Inline[] };
export type Block =
  | { kind: "paragraph"; lines: Inline[][] }
  | { kind: "list"; ordered: boolean; start: number; items: Inline[][] };

const BULLET = /^\s{0,3}[-*•]\s+(.*)$/;
const NUMBER = /^\s{0,3}(\d{1,3})[.)]\s+(.*)$/;
const MARKER_ALONE = /(^|\n)\s{0,3}([-*•]|\d{1,3}[.)]?)\s*$/;
const STRONG = /\*\*(?=[^\s*]|\*[^\s*])([\s\S]*?\S)\*\*(?!\*)/;
const EM = /(?<!\*)\*(?=[^\s*])([^*]*?[^\s*])\*(?!\*)/;

/**
 * @param open the text is still being written: a mark that has begun is taken as closed at the
 * end, and a list marker without its item is held back, so that no marks flash by.
 */
export function parseMarkdown(source: string, open = false): Block[] {
  const text = open ? settle(source) : source;
  const blocks: Block[] = [];
  let fresh = true;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "") fresh = true;
    else {
      addLine(blocks, line, fresh);
      fresh = false;
    }
  }
  return blocks;
}

/** The words alone, for a screen reader's announcement. */
export function plainText(source: string): string {
  const lines = parseMarkdown(source).flatMap((block) =>
    block.kind === "list" ? block.items : block.lines,
  );
  return lines.map((line) => line.map(inlineText).join("")).join("\n");
}

function inlineText(inline: Inline): string {
  return inline.kind === "text" ? inline.text : inline.children.map(inlineText).join("");
}

function addLine(blocks: Block[], line: string, fresh: boolean): void {
  const number = NUMBER.exec(line);
  const bullet = BULLET.exec(line);
  if (number) addItem(blocks, number[2] ?? "", true, Number(number[1]));
  else if (bullet) addItem(blocks, bullet[1] ?? "", false, 1);
  else addText(blocks, line, fresh);
}

function addItem(blocks: Block[], text: string, ordered: boolean, start: number): void {
  const last = blocks.at(-1);
  const item = parseInline(text);
  if (last?.kind === "list" && last.ordered === ordered) last.items.push(item);
  else blocks.push({ kind: "list", ordered, start, items: [item] });
}

function addText(blocks: Block[], line: string, fresh: boolean): void {
  const last = blocks.at(-1);
  const inline = parseInline(line);
  if (!fresh && last?.kind === "paragraph") last.lines.push(inline);
  else blocks.push({ kind: "paragraph", lines: [inline] });
}

function parseInline(text: string): Inline[] {
  const strong = STRONG.exec(text);
  const em = EM.exec(text);
  const first = strong && (!em || strong.index <= em.index) ? strong : em;
  if (!first) return text === "" ? [] : [{ kind: "text", text }];
  const before = text.slice(0, first.index);
  const after = text.slice(first.index + first[0].length);
  const kind = first === strong ? "strong" : "em";
  return [
    ...(before === "" ? [] : [{ kind: "text", text: before } as const]),
    { kind, children: parseInline(first[1] ?? "") },
    ...parseInline(after),
  ];
}

function settle(source: string): string {
  const text = source.replace(MARKER_ALONE, "$1");
  const lineStart = text.lastIndexOf("\n") + 1;
  return text.slice(0, lineStart) + closeMarks(text.slice(lineStart));
}

function closeMarks(line: string): string {
  const marker = /^\s*\*\s+/.exec(line)?.[0] ?? "";
  let text = line.slice(marker.length);
  const rest = text.replace(new RegExp(STRONG, "g"), "").replace(new RegExp(EM, "g"), "");
  const begun = /(\*\*|\*)(?!\s)[^*]*\*?$/.exec(rest);
  if (!begun) return line;
  const mark = begun[1] ?? "";
  // Only the opening mark, or half of the closing one, has come so far.
  if (text.endsWith(mark) && begun[0] === mark) return marker + text.slice(0, -mark.length);
  if (mark === "**" && text.endsWith("*")) text = text.slice(0, -1);
  return marker + text.trimEnd() + mark;
}
