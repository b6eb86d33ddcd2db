/** A field's key made of its label. Pure. */

const MOST = 60;

/**
 * Lower-case Latin letters, digits and underscores; `field` with a number where the label has no Latin letter, one that is
 * not `taken` yet.
 */
export function slugOf(label: string, taken: readonly string[]): string {
  const latin = label
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^[_0-9]+|_+$/g, "")
    .slice(0, MOST - 4);
  const wanted = latin || "field";
  let slug = wanted;
  for (let number = 2; taken.includes(slug); number += 1) slug = `${wanted}_${number}`;
  return slug;
}
