/** Finds blocks by what people call them, in any of the product's languages, whatever the spelling. */

/** One thing that can be found, with all the words for it. */
export interface Entry<Item> {
  readonly item: Item;
  /** Its names, the reader's own first. */
  readonly names: readonly string[];
  /** Descriptions and categories: found too, but after the names. */
  readonly texts: readonly string[];
}

/** Letters that are written one way or another for the same thing in Arabic and Persian. */
const VARIANTS: readonly (readonly [RegExp, string])[] = [
  [/[أإآٱ]/g, "ا"],
  [/[يىئ]/g, "ی"],
  [/[كﻙ]/g, "ک"],
  [/ة/g, "ه"],
  [/ؤ/g, "و"],
  [/[\u200c\u200f\u200e_-]/g, " "],
];

/** A text without case, accents, diacritics and variants of letters. */
export function folded(text: string): string {
  const plain = VARIANTS.reduce((so, [letter, by]) => so.replace(letter, by), text.toLowerCase());
  return plain.normalize("NFKD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim();
}

const RANKS = { start: 0, word: 1, name: 2, text: 3, none: 4 } as const;

function rank(word: string, names: readonly string[], texts: readonly string[]): number {
  if (names.some((name) => name.startsWith(word))) return RANKS.start;
  if (names.some((name) => name.includes(` ${word}`))) return RANKS.word;
  if (names.some((name) => name.includes(word))) return RANKS.name;
  return texts.some((text) => text.includes(word)) ? RANKS.text : RANKS.none;
}

/** The items in which every word of the query is found, the best first; all of them for an empty query. */
export function search<Item>(entries: readonly Entry<Item>[], query: string): Item[] {
  const words = folded(query).split(" ").filter(Boolean);
  return entries
    .map(({ item, names, texts }) => {
      const [called, told] = [names.map(folded), texts.map(folded)];
      const ranks = words.map((word) => rank(word, called, told));
      return { item, worst: Math.max(0, ...ranks), sum: ranks.reduce<number>((a, b) => a + b, 0) };
    })
    .filter(({ worst }) => worst < RANKS.none)
    .sort((a, b) => a.sum - b.sum)
    .map(({ item }) => item);
}
