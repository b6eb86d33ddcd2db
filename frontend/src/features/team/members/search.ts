/** What the address says of the list of members: a search and a page. */

export interface MembersSearch {
  readonly q?: string;
  readonly page?: number;
}

export function searchOf({ q, page }: Record<string, unknown>): MembersSearch {
  const number = Number(page);
  return {
    ...(typeof q === "string" && q !== "" ? { q } : {}),
    ...(Number.isInteger(number) && number > 1 ? { page: number } : {}),
  };
}
