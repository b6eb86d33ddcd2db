import { describe, expect, test } from "vitest";

import { isBlank, rowsOf } from "./json";

describe("JSON to be read", () => {
  test("what says nothing is left out, nought and false are not", () => {
    const given = {
      text: "سلام",
      media_url: "",
      template: null,
      matching: {},
      until: { by: null },
      n: 0,
      ok: false,
    };
    expect(rowsOf(given).map(({ key, text }) => [key, text])).toEqual([
      ["text", "سلام"],
      ["n", "0"],
      ["ok", "false"],
    ]);
  });

  test("lists count from one, and objects nest", () => {
    const [items] = rowsOf({ items: [{ name: "قهوة" }, "x"] });
    expect(items?.rows.map(({ key }) => key)).toEqual(["1", "2"]);
    expect(items?.rows[0]?.rows[0]).toEqual({ key: "name", text: "قهوة", isText: true, rows: [] });
  });

  test("a bare value is one row", () => {
    expect(rowsOf(7)).toEqual([{ key: "", text: "7", isText: false, rows: [] }]);
    expect(isBlank([null, { a: "" }])).toBe(true);
  });
});
