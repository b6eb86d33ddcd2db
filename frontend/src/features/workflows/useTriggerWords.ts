/** What starts a workflow, in a few words of the reader's language. */

import { useNames } from "@/components/graph";
import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

type TriggerName = Schema<"TriggerName">;

/** Names triggers: by the name that they were given, else by their event, else by their sort. Nothing for none. */
export function useTriggerWords(): (triggers: readonly TriggerName[]) => string {
  const words = useNames();
  const format = useFormat();
  const named = ({ name, type, event_type: event }: TriggerName): string =>
    name || (event === "" ? words.trigger(type) : words.event(event));
  return (triggers) => format.list([...new Set(triggers.map(named))]);
}
