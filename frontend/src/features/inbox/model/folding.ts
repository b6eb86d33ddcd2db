/** Words as they are compared: without case, accents, vowel signs and the letters' Arabic and Persian variants. Pure. */

const VARIANTS = new Map([
  ["ي", "ی"],
  ["ى", "ی"],
  ["ك", "ک"],
  ["ة", "ه"],
  ["أ", "ا"],
  ["إ", "ا"],
  ["آ", "ا"],
]);

export function folded(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\u064b-\u065f\u0670\u0640\u200c]/gu, "")
    .replace(/[يىكةأإآ]/gu, (letter) => VARIANTS.get(letter) ?? letter)
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase()
    .trim();
}
