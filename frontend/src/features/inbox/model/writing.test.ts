import { describe, expect, test } from "vitest";

import { closingOf } from "./closing";
import { keepDraft, readDraft } from "./drafts";
import { verdictOn } from "./files";
import { folded } from "./folding";
import { piecesOf } from "./links";
import { replaced, triggerAt } from "./triggers";

describe("links", () => {
  const links = (text: string) => piecesOf(text).flatMap(({ href }) => href ?? []);

  test("the text stays whole, whatever is a link in it", () => {
    const text = "شوف https://boutique.dz/a?b=1, أو www.wasl.dz. راسلنا: help@wasl.dz أو +213 555 01 02 03";
    expect(
      piecesOf(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
    expect(links(text)).toEqual([
      "https://boutique.dz/a?b=1",
      "https://www.wasl.dz",
      "mailto:help@wasl.dz",
      "tel:+213555010203",
    ]);
  });

  test("signs after an address are none of it; its own brackets are", () => {
    expect(links("(https://a.dz/x). https://fr.wikipedia.org/wiki/Oran_(ville)؟")).toEqual([
      "https://a.dz/x",
      "https://fr.wikipedia.org/wiki/Oran_(ville)",
    ]);
  });

  test("nothing but addresses becomes a link", () => {
    expect(links("javascript:alert(1) data:text/html,x <script>https:// 1.5 a@b")).toEqual([]);
  });
});

describe("triggers", () => {
  test("at the beginning and after a space, up to the caret", () => {
    expect(triggerAt("/li", 3, "/")).toEqual({ sign: "/", query: "li", start: 0 });
    expect(triggerAt("سلام /شكر بعد", 9, "/")).toEqual({ sign: "/", query: "شكر", start: 5 });
    expect(triggerAt("https://a", 9, "/")).toBeNull();
    expect(triggerAt("a/b", 3, "/")).toBeNull();
    expect(triggerAt("@يا", 3, "/")).toBeNull();
    expect(triggerAt("@يا", 3, "@/")?.sign).toBe("@");
  });

  test("what is chosen takes the trigger's place alone", () => {
    expect(replaced("نعم /li غدا", { sign: "/", query: "li", start: 4 }, "التوصيل")).toEqual({
      text: "نعم التوصيل غدا",
      caret: 11,
    });
  });
});

describe("files", () => {
  const limits = { image: 5_000_000, "image/gif": null, document: 100_000_000 };

  test.each([
    ["image/png", 10, { ok: true }],
    ["image/png", 5_000_001, { ok: false, why: "size", limit: 5_000_000 }],
    ["image/gif", 10, { ok: false, why: "type" }],
    ["video/mp4", 10, { ok: false, why: "type" }],
    ["application/pdf", 10, { ok: true }],
    ["", 10, { ok: true }],
  ])("%s of %d bytes", (type, size, verdict) => {
    expect(verdictOn({ type, size }, limits)).toEqual(verdict);
  });
});

describe("the window", () => {
  const now = Date.parse("2026-03-20T12:00:00Z");

  test.each([
    [false, null, "none"],
    [true, null, "closed"],
    [true, "2026-03-20T11:59:59Z", "closed"],
    [true, "2026-03-20T13:30:00Z", "soon"],
    [true, "2026-03-21T11:00:00Z", "calm"],
  ])("limited %s, until %s: %s", (limited, closesAt, kind) => {
    expect(closingOf({ limited, closesAt }, now).kind).toBe(kind);
  });
});

describe("drafts", () => {
  test("kept for each conversation, gone when sent", () => {
    keepDraft("c1", { text: "غدا إن شاء الله", note: false });
    keepDraft("c2", { text: "سؤال", note: true });
    expect(readDraft("c1").text).toBe("غدا إن شاء الله");
    expect(readDraft("c2").note).toBe(true);
    keepDraft("c1", { text: "  ", note: false });
    expect(readDraft("c1").text).toBe("");
  });

  test("what is broken is no draft", () => {
    localStorage.setItem("wasl-draft:c3", "{");
    localStorage.setItem("wasl-draft:c4", "[1]");
    expect([readDraft("c3").text, readDraft("c4").text]).toEqual(["", ""]);
  });
});

test("words are the same in any spelling", () => {
  expect(folded("Été")).toBe(folded("ete"));
  expect(folded("علي")).toBe(folded("علی"));
  expect(folded("أمينة")).toBe(folded("امينه"));
  expect(folded("محمّد")).toBe("محمد");
});
