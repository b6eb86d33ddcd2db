import { describe, expect, test } from "vitest";

import {
  contactsSearch,
  directionOf,
  isEmpty,
  lines,
  nextSort,
  profileSearch,
  queryOf,
  titleOf,
  valueOf,
  withinPredicate,
  type Column,
  type Contact,
} from "./model";

const LINE = { field: "user.language", op: "equals", value: "fa" };

describe("the address of the table", () => {
  test("keeps what it knows and drops the rest", () => {
    expect(
      contactsSearch({ q: "أمينة", page: 3.7, filter: LINE, sort: "-name", create: true, x: 1 }),
    ).toEqual({
      q: "أمينة",
      page: 3,
      filter: LINE,
      sort: "-name",
      create: true,
    });
    expect(contactsSearch({ q: "", page: 1, filter: {}, columns: [], create: "yes" })).toEqual({});
    expect(contactsSearch({ columns: ["name", 3, ""] })).toEqual({ columns: ["name"] });
  });

  test("becomes a question to the API", () => {
    expect(queryOf({})).toEqual({ search: "", page: 1, page_size: 50 });
    expect(queryOf({ q: "سارا", filter: { all: [] }, sort: "name", page: 2 })).toEqual({
      search: "سارا",
      page: 2,
      page_size: 50,
      ordering: ["name"],
    });
    expect(queryOf({ filter: LINE }).predicate).toEqual(LINE);
  });
});

test("the address of a profile", () => {
  expect(profileSearch({ tab: "notes", kind: ["tag", "gossip"] })).toEqual({ tab: "notes", kind: ["tag"] });
  expect(profileSearch({ tab: "secrets", kind: "tag" })).toEqual({});
});

test("a column's head goes through ascending, descending and none", () => {
  expect(nextSort("name", undefined)).toBe("name");
  expect(nextSort("name", "name")).toBe("-name");
  expect(nextSort("name", "-name")).toBeUndefined();
  expect(nextSort("name", "phone")).toBe("name");
  expect(directionOf("name", "-name")).toBe("descending");
  expect(directionOf("name", "phone")).toBe("none");
});

test("predicates are counted by their lines", () => {
  expect(lines({ all: [LINE, { any: [LINE, { not: LINE }] }] })).toBe(3);
  expect(lines(null)).toBe(0);
  expect([isEmpty(null), isEmpty({ any: [] }), isEmpty(LINE)]).toEqual([true, true, false]);
});

test("columns are read from contacts", () => {
  const contact = {
    name: "أمينة",
    tags: ["VIP"],
    custom: { size: "L" },
    opted_out_at: null,
    external_id: null,
  } as unknown as Contact;
  const read = (key: string) =>
    valueOf(contact, { key, custom: key.startsWith("custom.") } as unknown as Column);
  expect(["name", "tags", "custom.size", "custom.none", "opted_out", "external_id"].map(read)).toEqual([
    "أمينة",
    ["VIP"],
    "L",
    null,
    false,
    null,
  ]);
});

test("a contact without a name is called by what identifies it", () => {
  const nobody = { name: "", phone: "", email: "", external_id: null };
  expect(titleOf({ ...nobody, phone: "+213555123456", external_id: "c-1" })).toBe("+213555123456");
  expect(titleOf({ ...nobody, external_id: "c-1" })).toBe("c-1");
});

test("errors of the filter are told within it", () => {
  expect(withinPredicate({ "predicate.all.0.field": ["?"], predicate: ["!"], search: ["x"] })).toEqual({
    "all.0.field": ["?"],
    "": ["!"],
  });
});
