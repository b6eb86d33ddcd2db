/** Reads the small part of Markdown in which guides are written: headings, numbered and plain lists, paragraphs. Pure. */

export type Span = { readonly kind: "text" | "strong" | "em" | "code"; readonly text: string };

export type Block =
  | { readonly kind: "heading"; readonly level: 2 | 3; readonly spans: readonly Span[] }
  | { readonly kind: "text"; readonly spans: readonly Span[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly (readonly Span[])[] };

const SPAN = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*/g;

export function spansOf(line: string): readonly Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const match of line.matchAll(SPAN)) {
    if (match.index > at) spans.push({ kind: "text", text: line.slice(at, match.index) });
    const [whole, code, strong, em] = match;
    if (code !== undefined) spans.push({ kind: "code", text: code });
    else if (strong !== undefined) spans.push({ kind: "strong", text: strong });
    else if (em !== undefined) spans.push({ kind: "em", text: em });
    at = match.index + whole.length;
  }
  if (at < line.length) spans.push({ kind: "text", text: line.slice(at) });
  return spans;
}

const HEADING = /^(##|###) (.+)$/;
const ITEM = /^(?:(\d+)\.|-) (.+)$/;

export function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let items: (readonly Span[])[] | undefined;
  let counted = false;
  for (const line of markdown.split("\n").map((each) => each.trim())) {
    const item = ITEM.exec(line);
    if (item !== null) {
      const ordered = item[1] !== undefined;
      if (items === undefined || counted !== ordered) {
        items = [];
        counted = ordered;
        blocks.push({ kind: "list", ordered, items });
      }
      items.push(spansOf(item[2] ?? ""));
      continue;
    }
    items = undefined;
    const heading = HEADING.exec(line);
    if (heading !== null)
      blocks.push({ kind: "heading", level: heading[1] === "##" ? 2 : 3, spans: spansOf(heading[2] ?? "") });
    else if (line !== "") blocks.push({ kind: "text", spans: spansOf(line) });
  }
  return blocks;
}
