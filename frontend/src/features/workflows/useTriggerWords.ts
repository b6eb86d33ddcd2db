/** What starts a workflow, in a few words of the reader's language. */

import { useCatalogue, useGraphWords } from "@/components/graph";
import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

type TriggerName = Schema<"TriggerName">;

const NO_CATALOGUE = {
  blocks: [],
  triggers: [],
  eventTypes: [],
  exitSignals: [],
  operators: [],
  fields: [],
  documentSchema: {},
};

/** Names triggers: by the name that they were given, else by their event, else by their sort. Nothing for none. */
export function useTriggerWords(): (triggers: readonly TriggerName[]) => string {
  const catalogue = useCatalogue().data ?? NO_CATALOGUE;
  const words = useGraphWords(catalogue);
  const format = useFormat();
  const named = ({ name, type, event_type }: TriggerName): string =>
    name || (event_type === "" ? words.trigger(type) : words.event(event_type));
  return (triggers) => format.list([...new Set(triggers.map(named))]);
}
