/** Initials and a colour for people without a picture: the same person, the same colour. Pure. */

const COLORS = [
  "teal",
  "blue",
  "grape",
  "orange",
  "cyan",
  "indigo",
  "pink",
  "lime",
  "violet",
  "green",
] as const;

/** The first letters of the first and the last word; of scripts that join their letters, kept apart. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/u).filter((word) => /^\p{L}/u.test(word));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].flatMap((word) =>
    word === undefined ? [] : (Array.from(word)[0] ?? []),
  );
  const joined = letters.some((letter) => /\p{Script=Arabic}/u.test(letter));
  return letters.join(joined ? "\u200c" : "").toUpperCase();
}

export function colorOf(seed: string): (typeof COLORS)[number] {
  let sum = 0;
  for (const sign of seed) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) >>> 0;
  return COLORS[sum % COLORS.length] ?? "teal";
}
