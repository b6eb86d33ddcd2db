/** The cards and lines as the library holds them: what has not changed stays the same object, and is not drawn again. */

import { useState } from "react";

import type { FlowNode } from "../flow";

/** The items, each the same object as before as long as nothing in it is different. */
export function useShared<Item extends { readonly id: string }>(items: readonly Item[]): Item[] {
  const [kept, setKept] = useState({ from: items, items: [...items] });
  if (kept.from === items) return kept.items;
  const before = new Map(kept.items.map((item) => [item.id, item]));
  const shared = items.map((item) => {
    const known = before.get(item.id);
    return known !== undefined && JSON.stringify(known) === JSON.stringify(item) ? known : item;
  });
  setKept({ from: items, items: shared });
  return shared;
}

/** The library's own copy of the cards, which knows where one is while it is being dragged, and how large it is. */
export function useCards(derived: FlowNode[]) {
  const [cards, setCards] = useState<FlowNode[]>(derived);
  const [seen, setSeen] = useState(derived);
  if (seen !== derived) {
    const before = new Map(cards.map((card) => [card.id, card]));
    const old = new Map(seen.map((card) => [card.id, card]));
    setSeen(derived);
    setCards(
      derived.map((card) => {
        const known = before.get(card.id);
        if (known !== undefined && old.get(card.id) === card) return known;
        return known?.measured === undefined ? card : { ...card, measured: known.measured };
      }),
    );
  }
  return [cards, setCards] as const;
}
