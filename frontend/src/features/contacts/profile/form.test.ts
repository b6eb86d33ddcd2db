import { describe, expect, test } from "vitest";

import type { Contact } from "../model";
import { changesIn, flatSchema, formErrors, rebased, valueFor } from "./form";

describe("what is sent of the form", () => {
  const before = { name: "أمينة", phone: "+213555123456", custom__size: "L", custom__visits: 3 };

  test("is only what differs", () => {
    expect(changesIn(before, before)).toEqual({});
    expect(changesIn(before, { ...before, name: "أمينة ب." })).toEqual({ name: "أمينة ب." });
  });

  test("empties fields, and removes custom values", () => {
    const after = { name: "أمينة", phone: undefined, custom__visits: 4, custom__size: "" };
    expect(changesIn(before, after)).toEqual({ phone: "", custom: { size: null, visits: 4 } });
  });

  test("of a new contact is all that was filled in", () => {
    expect(changesIn({}, { name: "سارا", email: "", custom__vip: false, custom__size: "" })).toEqual({
      name: "سارا",
      custom: { vip: false },
    });
  });
});

test("the schema is one flat form with our words", () => {
  const schema = {
    type: "object",
    properties: {
      name: { title: "Name", maxLength: 200 },
      custom: { properties: { size: { title: "المقاس" } } },
    },
  };
  expect(flatSchema(schema, (name) => name.toUpperCase())).toEqual({
    type: "object",
    properties: { name: { title: "NAME", maxLength: 200 }, custom__size: { title: "المقاس" } },
  });
});

test("a contact becomes the form's value", () => {
  const contact = { name: "رضا", email: "", external_id: null, custom: { visits: 2 } } as unknown as Contact;
  expect(valueFor(contact)).toEqual({ name: "رضا", custom__visits: 2 });
});

test("what was changed here stays on top of what somebody else wrote", () => {
  const before = { name: "a", phone: "1", custom__size: "S" };
  const mine = { name: "b", phone: "1", custom__size: "S" };
  expect(rebased(before, mine, { name: "c", phone: "2", custom__size: "L" })).toEqual({
    name: "b",
    phone: "2",
    custom__size: "L",
  });
});

test("errors of custom fields are told at their fields", () => {
  expect(formErrors({ "custom.size": ["?"], phone: ["!"] })).toEqual({ custom__size: ["?"], phone: ["!"] });
});
