import { describe, expect, test } from "vitest";

import { changesIn, withTitles } from "./form";

describe("what is sent of the form", () => {
  const before = { name: "أمينة", phone: "+213555123456", custom: { size: "L", visits: 3 } };

  test("is only what differs", () => {
    expect(changesIn(before, before)).toEqual({});
    expect(changesIn(before, { ...before, name: "أمينة ب." })).toEqual({ name: "أمينة ب." });
  });

  test("empties fields, and removes custom values", () => {
    const after = { name: "أمينة", phone: undefined, custom: { visits: 4, size: "" } };
    expect(changesIn(before, after)).toEqual({ phone: "", custom: { size: null, visits: 4 } });
    expect(changesIn(before, { ...before, custom: {} })).toEqual({ custom: { size: null, visits: null } });
  });

  test("of a new contact is all that was filled in", () => {
    expect(changesIn({}, { name: "سارا", email: "", custom: { vip: false } })).toEqual({
      name: "سارا",
      custom: { vip: false },
    });
  });
});

test("the schema gets our words, and no empty group", () => {
  const schema = {
    type: "object",
    properties: { name: { title: "Name" }, custom: { title: "Custom fields", properties: {} } },
  };
  expect(withTitles(schema, (name) => name.toUpperCase())).toEqual({
    type: "object",
    properties: { name: { title: "NAME" } },
    required: [],
    additionalProperties: true,
  });
});
