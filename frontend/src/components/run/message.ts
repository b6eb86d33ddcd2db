/** A message as it is about to be sent: told by its shape, whichever action makes it. Pure. */

export interface Message {
  readonly text: string;
  readonly mediaUrl: string;
  readonly mediaType: string;
  readonly buttons: readonly string[];
  /** The name of an approved template. */
  readonly template: string;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function buttonOf(button: unknown): string {
  if (!isObject(button)) return textOf(button);
  return textOf(button.title) || textOf(button.label) || textOf(button.text);
}

/** The message in a step's input; undefined when the step sends none. */
export function messageIn(input: unknown): Message | undefined {
  if (!isObject(input) || !("text" in input) || !("media_url" in input || "buttons" in input))
    return undefined;
  const template = isObject(input.template) ? textOf(input.template.name) : textOf(input.template);
  const buttons = Array.isArray(input.buttons)
    ? input.buttons.map(buttonOf).filter((each) => each !== "")
    : [];
  const found = {
    text: textOf(input.text),
    mediaUrl: textOf(input.media_url),
    mediaType: textOf(input.media_type),
    buttons,
    template,
  };
  return found.text === "" && found.mediaUrl === "" && template === "" ? undefined : found;
}

export interface Piece {
  readonly text: string;
  /** Whether a value stands here that each contact has its own of. */
  readonly isVariable: boolean;
}

const TAG = /\{%[\s\S]*?%\}/g;
const OUTPUT = /\{\{([\s\S]*?)\}\}/g;
const DEFAULT = /\|\s*default:\s*(?:"([^"]*)"|'([^']*)')/;

function standIn(expression: string): string {
  const [, double, single] = DEFAULT.exec(expression) ?? [];
  const path = expression.split("|")[0] ?? "";
  return double ?? single ?? path.trim().split(".").at(-1)?.replaceAll("_", " ") ?? "";
}

/** A text with Liquid as its reader may see it: each variable as its default, else as the last word of its path. */
export function sampleOf(text: string): Piece[] {
  const plain = text.replace(TAG, "");
  const pieces: Piece[] = [];
  let end = 0;
  for (const found of plain.matchAll(OUTPUT)) {
    pieces.push({ text: plain.slice(end, found.index), isVariable: false });
    pieces.push({ text: standIn(found[1] ?? ""), isVariable: true });
    end = found.index + found[0].length;
  }
  pieces.push({ text: plain.slice(end), isVariable: false });
  return pieces.filter((piece) => piece.text !== "");
}
