/** What steps are called where they are listed: by their own name, else by what they do, in the reader's language. */

import { blockOf } from "./catalogue";
import { useCatalogue } from "./useCatalogue";
import { useGraphWords } from "./words";

interface Step {
  readonly node: string;
  readonly type: string;
  readonly action: string;
  /** As the server calls it; `Send a message (greet)` for a step without a name of its own. */
  readonly label?: string;
}

const NOTHING = { eventTypes: [], triggers: [] };

export function useStepName(): (step: Step) => string {
  const catalogue = useCatalogue().data;
  const words = useGraphWords(catalogue ?? NOTHING);
  return ({ node, type, action, label = "" }) => {
    const isOwn = label !== "" && !label.endsWith(`(${node})`);
    const block = catalogue === undefined || isOwn ? undefined : blockOf(catalogue, { type, action });
    if (block !== undefined) return words.label(block);
    return label === "" ? node : label;
  };
}
