import { describe, expect, test } from "vitest";

import { messageIn, sampleOf } from "./message";

describe("a message told by its shape", () => {
  test("text with buttons", () => {
    const input = {
      text: "سلام",
      media_url: "",
      media_type: "image",
      buttons: [{ id: "y", title: "بله" }, "نه"],
      template: null,
    };
    expect(messageIn(input)).toEqual({
      text: "سلام",
      mediaUrl: "",
      mediaType: "image",
      buttons: ["بله", "نه"],
      template: "",
    });
  });

  test("a template by its name", () => {
    expect(messageIn({ text: "", media_url: "", template: { name: "offre_été" } })?.template).toBe(
      "offre_été",
    );
  });

  test("a note is none, and neither is an empty one", () => {
    expect(messageIn({ text: "ملاحظة" })).toBeUndefined();
    expect(messageIn({ text: "", media_url: "", buttons: [] })).toBeUndefined();
    expect(messageIn(null)).toBeUndefined();
  });
});

describe("a text with Liquid as a sample", () => {
  test("defaults stand in, then the path's last word; tags are gone", () => {
    const text =
      'مرحبًا {{ user.first_name | default: "صديقنا" }}{% if x %}، {% endif %}{{ event.data.order_url }}!';
    expect(sampleOf(text)).toEqual([
      { text: "مرحبًا ", isVariable: false },
      { text: "صديقنا", isVariable: true },
      { text: "، ", isVariable: false },
      { text: "order url", isVariable: true },
      { text: "!", isVariable: false },
    ]);
  });

  test("a plain text is one piece", () => {
    expect(sampleOf("Bonjour")).toEqual([{ text: "Bonjour", isVariable: false }]);
  });
});
