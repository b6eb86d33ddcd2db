/** The catalogue's names in the reader's language: translated where the pages know them, else as the server says them. */

import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import type { Block, Catalogue, TriggerBlock } from "./catalogue";
import type { Port } from "./ports";
import type { SummaryWords } from "./summary";

export interface GraphWords extends SummaryWords {
  readonly label: (block: Block) => string;
  readonly description: (block: Block) => string;
  readonly category: (slug: string) => string;
  readonly effect: (effect: string) => string;
  readonly port: (port: Port) => string;
  readonly trigger: (type: string) => string;
  readonly triggerDescription: (block: TriggerBlock) => string;
  /** For a trigger that takes every event of its type. */
  readonly always: string;
  /** `count` of something, as the cards show it. */
  readonly count: (count: number) => string;
}

/** `send_message` as "Send message", for what nobody has named. */
function plain(slug: string): string {
  const words = slug.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What of the catalogue names come from; without it, things are named by what the pages know. */
type Named = Pick<Catalogue, "eventTypes" | "triggers">;

export function useGraphWords(catalogue: Named): GraphWords {
  const { t } = useTranslation("graph");
  const { t: told } = useTranslation("predicate");
  const format = useFormat();
  return useMemo((): GraphWords => {
    const known = (key: string, otherwise: string): string => t(key, { defaultValue: otherwise });
    const events = new Map(catalogue.eventTypes.map((each) => [each.code, each.label]));
    const triggers = new Map(catalogue.triggers.map((each) => [each.slug, each.label]));
    return {
      label: (block) => known(`blocks.${block.slug}.label`, block.label),
      description: (block) => known(`blocks.${block.slug}.description`, block.description),
      category: (slug) => known(`categories.${slug}`, plain(slug)),
      effect: (effect) => known(`effects.${effect}`, effect),
      port: ({ id, label }) => (label !== "" ? label : known(`ports.${id}`, plain(id))),
      trigger: (type) => known(`triggers.${type}.label`, triggers.get(type) ?? plain(type)),
      triggerDescription: (block) => known(`triggers.${block.slug}.description`, block.description),
      event: (code) => known(`events.${code}`, events.get(code) ?? plain(code.toLowerCase())),
      field: (path, label) => told(`fields.${path.replaceAll(".", "_")}`, { defaultValue: label }),
      phrase: ({ op, label, ...parts }) =>
        told(`phrases.${op}`, {
          ...parts,
          defaultValue: [parts.field, label, parts.value].filter(Boolean).join(" "),
        }),
      more: (count) => t("more", { count, shown: format.number(count) }),
      always: t("always"),
      number: (value) => format.number(value),
      duration: (ms) => format.duration(ms),
      // Each word keeps its own direction among the others.
      list: (words) => format.list(words.map((word) => `\u2068${word}\u2069`)),
      count: (count) => format.number(count, { notation: count > 99_999 ? "compact" : "standard" }),
    };
  }, [catalogue, format, t, told]);
}

const files = import.meta.glob<{ default: unknown }>("./locales/*.json");

/** The words of all languages, for searches in any of them. */
export async function loadBlockWords(): Promise<unknown[]> {
  return Promise.all(Object.values(files).map(async (load) => (await load()).default));
}
