/** What the palette can find: blocks and triggers by their names in every language that the product speaks. */

import { useQuery } from "@tanstack/react-query";

import { isConfig, loadBlockWords, type Block, type TriggerBlock } from "@/components/graph";

import type { Entry } from "../searching";
import { useBuilder } from "../useBuilder";

export type Item =
  | { readonly kind: "block"; readonly block: Block }
  /** With an event type chosen already, for the triggers that wait for one. */
  | { readonly kind: "trigger"; readonly trigger: TriggerBlock; readonly eventType: string };

/** The words of all languages, fetched when the palette is first opened. */
function useAllWords() {
  return useQuery({ queryKey: ["workflow", "words"], queryFn: loadBlockWords, staleTime: Infinity });
}

function at(words: unknown, ...path: readonly string[]): string[] {
  let found = words;
  for (const key of path) found = isConfig(found) ? found[key] : undefined;
  return typeof found === "string" ? [found] : [];
}

/** All that can be put on the canvas: triggers first, then the blocks by category. */
export function useEntries(): Entry<Item>[] {
  const { catalogue, words } = useBuilder();
  const all = useAllWords().data ?? [];
  const triggers = catalogue.triggers.map((trigger): Entry<Item> => {
    const { slug } = trigger;
    return {
      item: { kind: "trigger", trigger, eventType: "" },
      names: [
        words.trigger(slug),
        trigger.label,
        slug,
        ...all.flatMap((each) => at(each, "triggers", slug, "label")),
      ],
      texts: [words.triggerDescription(trigger), trigger.description],
    };
  });
  const blocks = catalogue.blocks.map((block): Entry<Item> => {
    const { slug, category } = block;
    return {
      item: { kind: "block", block },
      names: [
        words.label(block),
        block.label,
        slug,
        ...all.flatMap((each) => at(each, "blocks", slug, "label")),
      ],
      texts: [
        words.description(block),
        block.description,
        words.category(category),
        ...all.flatMap((each) => [
          ...at(each, "blocks", slug, "description"),
          ...at(each, "categories", category),
        ]),
      ],
    };
  });
  const events = catalogue.triggers
    .filter((trigger) => trigger.keys.includes("event_type"))
    .flatMap((trigger) =>
      catalogue.eventTypes.map(({ code, label }): Entry<Item> => {
        const names = [words.event(code), label, code, ...all.flatMap((each) => at(each, "events", code))];
        return { item: { kind: "trigger", trigger, eventType: code }, names, texts: [] };
      }),
    );
  return [...triggers, ...blocks, ...events];
}
