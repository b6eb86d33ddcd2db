import { expect, test } from "vitest";

import { folded, search } from "./searching";

const entries = [
  {
    item: "message",
    names: ["Send a message", "إرسال رسالة", "ارسال پیام", "Envoyer un message"],
    texts: ["Write to the contact"],
  },
  {
    item: "tag",
    names: ["Add a tag", "أضف وسمًا", "افزودن برچسب", "Ajouter une étiquette"],
    texts: ["on the contact"],
  },
  { item: "note", names: ["Write a note", "أضف ملاحظة"], texts: ["for the team"] },
];

test.each([
  ["messa", ["message"]],
  ["رساله", ["message"]],
  ["اضف", ["tag", "note"]],
  ["پيام", ["message"]],
  ["etiquette", ["tag"]],
  ["contact", ["message", "tag"]],
  ["add contact", ["tag"]],
  ["write", ["note", "message"]],
  ["zzz", []],
  ["", ["message", "tag", "note"]],
])("%s", (query, found) => {
  expect(search(entries, query)).toEqual(found);
});

test("spellings are folded", () => {
  expect(folded("  ÉTIQUETTE   Añeja ")).toBe("etiquette aneja");
  expect(folded("مُحادَثة")).toBe(folded("محادثه"));
});
