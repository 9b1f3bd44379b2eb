// Shows a reply: the Markdown subset as React elements, so nothing in it can become markup.
import { Fragment, type ReactNode } from "react";
import { parseMarkdown, type Block, type Inline } from "../lib/markdown";

type Props = {
  text: string;
  /** Stands inside the last line, right behind the last word; its presence means "still writing". */
  caret?: ReactNode;
};

export function RichText({ text, caret }: Props) {
  const blocks = parseMarkdown(text, caret !== undefined);
  if (blocks.length === 0) return <p className="min-h-lh">{caret}</p>;
  return (
    <div className="flex flex-col gap-2.5">
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} caret={index === blocks.length - 1 && caret} />
      ))}
    </div>
  );
}

function BlockView({ block, caret }: { block: Block; caret: ReactNode }) {
  if (block.kind === "paragraph") {
    return (
      <p>
        {block.lines.map((line, index) => (
          <Fragment key={index}>
            {index > 0 && <br />}
            {renderInline(line)}
          </Fragment>
        ))}
        {caret}
      </p>
    );
  }
  const items = block.items.map((item, index) => (
    <li key={index} className="pl-1">
      {renderInline(item)}
      {index === block.items.length - 1 && caret}
    </li>
  ));
  return block.ordered ? (
    <ol start={block.start} className="flex list-decimal flex-col gap-1 pl-6">
      {items}
    </ol>
  ) : (
    <ul className="flex list-disc flex-col gap-1 pl-5">{items}</ul>
  );
}

function renderInline(inlines: Inline[]): ReactNode {
  return inlines.map((inline, index) => {
    if (inline.kind === "text") return inline.text;
    const Tag = inline.kind;
    return <Tag key={index}>{renderInline(inline.children)}</Tag>;
  });
}
