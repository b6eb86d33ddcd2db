/** Names and phones out of the contact cards that providers pass on as they are. Pure. */

interface Card {
  readonly name: string;
  readonly phones: readonly string[];
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

export function cardsOf(cards: readonly unknown[]): readonly Card[] {
  return cards.map((card) => {
    const name = property(property(card, "name"), "formatted_name");
    const phones = property(card, "phones");
    return {
      name: typeof name === "string" ? name : "",
      phones: (Array.isArray(phones) ? phones : []).flatMap((phone) => {
        const number = property(phone, "phone");
        return typeof number === "string" ? [number] : [];
      }),
    };
  });
}
