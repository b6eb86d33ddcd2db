/** Which templates are shown, and under which headings. Pure. */

import type { Schema } from "@/lib/api";

import type { GallerySearch } from "../searches";

type Template = Schema<"Template">;

/** The categories of these templates, in the order in which they first come. */
export function categoriesOf(templates: readonly Template[]): Schema<"Category">[] {
  return [...new Map(templates.map(({ category }) => [category.slug, category])).values()];
}

/** Letters alone, whatever marks they carry: `Réduction` is found by `reduction`, `تَخفيض` by `تخفيض`. */
function folded(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

export function matching(templates: readonly Template[], { category, search }: GallerySearch): Template[] {
  const words = folded(search ?? "")
    .split(/\s+/)
    .filter(Boolean);
  return templates.filter(
    (each) =>
      (category === undefined || each.category.slug === category) &&
      words.every((word) => folded(`${each.name} ${each.description}`).includes(word)),
  );
}
