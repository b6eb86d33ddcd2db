/** The catalogue's names for pages that draw no graph: there at once, and better when the catalogue has come. */

import { useCatalogue } from "./useCatalogue";
import { useGraphWords, type GraphWords } from "./words";

const NOTHING = { eventTypes: [], triggers: [] };

export function useNames(): GraphWords {
  return useGraphWords(useCatalogue().data ?? NOTHING);
}
