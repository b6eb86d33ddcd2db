import { describe, expect, test } from "vitest";

import { gallerySearch, listSearch, statisticsSearch, versionsSearch } from "./searches";

describe("what addresses hold", () => {
  test("only what is known is taken, and nothing is left empty", () => {
    expect(listSearch({ status: "active", search: "کوپن", order: "sideways", page: 1 })).toEqual({
      status: "active",
      search: "کوپن",
    });
    expect(listSearch({ status: "gone", search: "", page: 3 })).toEqual({ page: 3 });
  });

  test("a search for a number is a text", () => {
    expect(listSearch({ search: 7 })).toEqual({ search: "7" });
    expect(gallerySearch({ template: "coupon", category: 1 })).toEqual({ template: "coupon", category: "1" });
  });

  test("versions and periods are whole numbers that there may be", () => {
    expect(versionsSearch({ version: 2, against: 0.5 })).toEqual({ version: 2 });
    expect(statisticsSearch({ days: 90, version: -1 })).toEqual({ days: 90 });
    expect(statisticsSearch({ days: 8 })).toEqual({});
  });
});
