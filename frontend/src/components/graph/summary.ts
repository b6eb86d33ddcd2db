/** What a step is set to do, in a line: read from its config by the schema alone, so that any action has one. */

import type { Block, Catalogue } from "./catalogue";
import { isConfig, type Config, type GraphNode, type GraphTrigger } from "./document";

/** The words that a summary needs of the reader's language. */
export interface SummaryWords {
  readonly number: (value: number) => string;
  /** A length of time in milliseconds. */
  readonly duration: (ms: number) => string;
  readonly list: (words: readonly string[]) => string;
  readonly event: (code: string) => string;
  readonly more: (count: number) => string;
  /** A field by its path; `label` is what it is called where nobody has translated it. */
  readonly field: (path: string, label: string) => string;
  /** A line of a predicate: the operator, with its own label where nobody has translated it. */
  readonly phrase: (line: Phrase) => string;
}

interface Phrase {
  readonly op: string;
  readonly label: string;
  readonly field: string;
  readonly value: string;
  /** The two ends of a range. */
  readonly from: string;
  readonly to: string;
}

const LONGEST = 140;
const UNITS: Readonly<Record<string, number>> = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1_000,
};

/** The milliseconds of `{ hours: 2, minutes: 30 }`; null for anything else. */
function spanOf(value: unknown): number | null {
  if (!isConfig(value)) return null;
  const entries = Object.entries(value).filter(([, amount]) => amount !== 0);
  if (entries.length === 0) return null;
  let total = 0;
  for (const [unit, amount] of entries) {
    const size = UNITS[unit];
    if (size === undefined || typeof amount !== "number") return null;
    total += size * amount;
  }
  return total;
}

const isId = (text: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(text);

/** Text without the machinery in it: a variable by its last name, nothing of tags. */
function readable(text: string): string {
  return text
    .replace(/{%.*?%}/gs, "")
    .replace(/{{\s*([\w.[\]-]+).*?}}/gs, (_, path: string) => `{${path.split(".").at(-1) ?? path}}`)
    .replace(/\s+/g, " ")
    .trim();
}

function wordsOf(value: unknown, words: SummaryWords, deep = 0): string {
  if (typeof value === "string") return isId(value) ? "" : readable(value);
  if (typeof value === "number") return words.number(value);
  const span = spanOf(value);
  if (span !== null) return words.duration(span);
  if (deep > 2) return "";
  if (Array.isArray(value))
    return words.list(
      value
        .map((item) => wordsOf(item, words, deep + 1))
        .filter(Boolean)
        .slice(0, 4),
    );
  if (!isConfig(value)) return "";
  if (typeof value.event_type === "string") return words.event(value.event_type);
  const named = value.label ?? value.name ?? value.title ?? value.port;
  return typeof named === "string" ? named : "";
}

/** The keys that say most: the required ones first, then in the schema's order. */
function keysOf(schema: Config): string[] {
  const all = Object.keys(isConfig(schema.properties) ? schema.properties : {});
  const required = Array.isArray(schema.required) ? schema.required : [];
  return [...all.filter((key) => required.includes(key)), ...all.filter((key) => !required.includes(key))];
}

function configSummary(schema: Config, config: Config, words: SummaryWords): string {
  const whole = spanOf(Object.fromEntries(Object.entries(config).filter(([key]) => key in UNITS)));
  const parts = keysOf(schema)
    .filter((key) => !(key in UNITS))
    .map((key) => wordsOf(config[key], words))
    .filter(Boolean);
  return [...(whole === null ? [] : [words.duration(whole)]), ...parts].slice(0, 2).join(" · ");
}

interface Line {
  readonly field: string;
  readonly op: string;
  readonly value: unknown;
}

/** The lines of a predicate, however they are nested. */
function linesOf(predicate: unknown): Line[] {
  if (!isConfig(predicate)) return [];
  if (typeof predicate.field === "string")
    return [
      {
        field: predicate.field,
        op: typeof predicate.op === "string" ? predicate.op : "",
        value: predicate.value,
      },
    ];
  return ["all", "any", "not"].flatMap((key) => {
    const inner = predicate[key];
    return Array.isArray(inner) ? inner.flatMap(linesOf) : linesOf(inner);
  });
}

function lineWords({ field, op, value }: Line, catalogue: Catalogue, words: SummaryWords): string {
  const known = catalogue.fields.find((each) => each.path === field)?.label;
  const ends = (Array.isArray(value) ? value : []).map((each) => wordsOf(each, words));
  return words.phrase({
    op,
    label: catalogue.operators.find((each) => each.slug === op)?.label ?? op,
    field: words.field(field, known ?? field.split(".").at(-1) ?? field),
    value: wordsOf(value, words),
    from: ends[0] ?? "",
    to: ends[1] ?? "",
  });
}

export function predicateSummary(predicate: Config, catalogue: Catalogue, words: SummaryWords): string {
  const lines = linesOf(predicate);
  const [first] = lines;
  if (first === undefined) return "";
  const more = lines.length > 1 ? ` ${words.more(lines.length - 1)}` : "";
  return lineWords(first, catalogue, words) + more;
}

/** Whether something has to be set before the step can do anything. */
export function needsSettings(block: Block | undefined): boolean {
  const required = block?.schema.required;
  return block?.keys.has("predicate") === true || (Array.isArray(required) && required.length > 0);
}

/** A step's summary; empty while there is nothing to tell. */
export function nodeSummary(
  node: GraphNode,
  block: Block | undefined,
  catalogue: Catalogue,
  words: SummaryWords,
): string {
  const told = predicateSummary(node.predicate, catalogue, words);
  const summary = told !== "" ? told : configSummary(block?.schema ?? {}, node.config, words);
  return summary.length > LONGEST ? `${summary.slice(0, LONGEST)}…` : summary;
}

/** A trigger's summary: which event, where its title does not say so, and what must hold for it. */
export function triggerSummary(trigger: GraphTrigger, catalogue: Catalogue, words: SummaryWords): string {
  const schema = catalogue.triggers.find((each) => each.slug === trigger.type)?.config_schema ?? {};
  const parts = [
    trigger.name === "" || trigger.event_type === "" ? "" : words.event(trigger.event_type),
    configSummary(schema, trigger.config, words),
    predicateSummary(trigger.predicate, catalogue, words),
  ];
  return parts.filter(Boolean).join(" · ").slice(0, LONGEST);
}
