// @vitest-environment node
import { describe, expect, it } from "vitest";
import { parseMarkdown, plainText } from "./markdown";

const text = (text: string) => ({ kind: "text", text });

describe("the subset", () => {
  it("knows_bold_and_italic_also_nested", () => {
    expect(parseMarkdown("a **b *c*** d")).toEqual([
      {
        kind: "paragraph",
        lines: [
          [
            text("a "),
            { kind: "strong", children: [text("b "), { kind: "em", children: [text("c")] }] },
            text(" d"),
          ],
        ],
      },
    ]);
  });

  it("knows_lists_next_to_paragraphs", () => {
    const blocks = parseMarkdown("I like:\n- naps\n* shade\n\n3. three\n4. four\n\nBye");
    expect(blocks.map((block) => block.kind)).toEqual(["paragraph", "list", "list", "paragraph"]);
    expect(blocks[1]).toMatchObject({ ordered: false, items: [[text("naps")], [text("shade")]] });
    expect(blocks[2]).toMatchObject({ ordered: true, start: 3 });
  });

  it.each(["2 * 3 * 4", "a * b", "**", "<b>x</b>", "[x](https://example.org)", "5 ** 2"])(
    "leaves_%j_as_the_text_it_is",
    (source) => {
      expect(plainText(source).trim()).toBe(source.trim());
    },
  );
});

describe("a text still being written", () => {
  it.each([
    ["I am **Le", "I am Le"],
    ["I am **", "I am "],
    ["I am **Leo*", "I am Leo"],
    ["so *ver", "so ver"],
    ["Look:\n- ", "Look:"],
    ["Look:\n-", "Look:"],
    ["Look:\n1.", "Look:"],
  ])("%j_shows_no_marks", (source, shown) => {
    const lines = parseMarkdown(source, true).flatMap((block) =>
      block.kind === "list" ? block.items : block.lines,
    );
    expect(JSON.stringify(lines)).not.toContain("*");
    const words = JSON.stringify(lines).match(/"text":"([^"]*)"/g) ?? [];
    expect(words.map((word) => word.slice(8, -1)).join("")).toBe(shown);
  });

  it("never_loses_a_word_at_any_length", () => {
    const source = "Hi **Mia**, I *really* like:\n- naps\n- **shade**\n\nAnd *you*?";
    for (let end = 1; end <= source.length; end += 1) {
      expect(() => parseMarkdown(source.slice(0, end), true)).not.toThrow();
    }
    expect(parseMarkdown(source, true)).toEqual(parseMarkdown(source));
  });
});
