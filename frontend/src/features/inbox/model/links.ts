/** Text that people wrote, cut into plain pieces and web addresses, so that addresses can be links and nothing else can. */

export interface Piece {
  readonly text: string;
  /** Where it leads; only ever http, https, mailto or tel. */
  readonly href?: string;
}

const ADDRESS =
  /(?<web>\bhttps?:\/\/[^\s<>"'`]+|\bwww\.[^\s<>"'`]+\.[^\s<>"'`]{2,})|(?<mail>\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b)|(?<phone>(?<![\w+])\+\d[\d ]{7,17}\d\b)/giu;
/** Signs that end a sentence rather than an address. */
const TRAILING = /[.,;:!?؟،؛»…)\]}]+$/u;

/** The address without the signs after it; a closing bracket stays when its opening one is inside. */
function trimmed(address: string): string {
  let text = address;
  for (;;) {
    const tail = TRAILING.exec(text)?.[0];
    if (tail === undefined) return text;
    const balanced = tail.startsWith(")") && text.slice(0, -tail.length).includes("(");
    text = text.slice(0, balanced ? text.length - tail.length + 1 : text.length - tail.length);
    if (balanced) return text;
  }
}

function hrefOf(groups: Partial<Record<string, string>>, text: string): string | undefined {
  if (groups.mail !== undefined) return `mailto:${text}`;
  if (groups.phone !== undefined) return `tel:${text.replaceAll(" ", "")}`;
  const address = /^https?:/i.test(text) ? text : `https://${text}`;
  return URL.canParse(address) ? address : undefined;
}

export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const found = trimmed(match[0]);
    const href = hrefOf(match.groups ?? {}, found);
    if (href === undefined) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: found, href });
    end = match.index + found.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}
