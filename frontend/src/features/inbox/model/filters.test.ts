import { expect, test } from "vitest";

import { filterCount, filtersOf, savedFilters, searchOf, withoutFilters } from "./filters";

test("an address says what is looked at; nonsense in it is left out", () => {
  expect(
    searchOf({ view: "mine", stage: "closed", q: "أمينة", control: ["bot", "cat"], unread: true, x: 1 }),
  ).toEqual({
    view: "mine",
    stage: "closed",
    q: "أمينة",
    control: ["bot"],
    unread: true,
  });
  expect(searchOf({ view: "", stage: "open", label: [], unread: "yes" })).toEqual({});
  expect(searchOf({ channel: "c1" })).toEqual({ channel: ["c1"] });
});

test("the usual view shows what is open, waiting for the customer or not", () => {
  expect(filtersOf({}, undefined)).toEqual({ status: ["open", "pending"] });
  expect(filtersOf({ view: "mine", stage: "any" }, undefined)).toEqual({ assignee: "me" });
  expect(filtersOf({ view: "unassigned", q: "x" }, undefined)).toEqual({
    assignee: "none",
    status: ["open", "pending"],
    search: "x",
  });
});

test("a saved view keeps its own, and what is chosen beside it goes first", () => {
  const saved = savedFilters({ label: ["l1"], status: ["closed"], unread: true });
  expect(filtersOf({ view: "v1" }, saved)).toEqual({ label: ["l1"], status: ["closed"], unread: true });
  expect(filtersOf({ view: "v1", stage: "snoozed", label: ["l2"] }, saved)).toEqual({
    label: ["l2"],
    status: ["snoozed"],
    unread: true,
  });
});

test("filters are counted and cleared; view and stage stay", () => {
  const search = searchOf({ view: "mine", stage: "any", label: ["a"], unread: true, q: "x" });
  expect(filterCount(search)).toBe(2);
  expect(withoutFilters(search)).toEqual({ view: "mine", stage: "any" });
});
