/** What the address of the dead letters holds: their filters. Pure. */

export interface LettersSearch {
  kind?: string;
  /** A part of the error's text. */
  error?: string;
  page?: number;
}

export function lettersSearch(given: Record<string, unknown>): LettersSearch {
  const search: LettersSearch = {};
  for (const name of ["kind", "error"] as const) {
    const value = given[name];
    if (typeof value === "string" && value !== "") search[name] = value;
  }
  const page = Math.trunc(Number(given.page));
  if (page > 1) search.page = page;
  return search;
}
