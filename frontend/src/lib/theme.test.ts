import { wcagContrast, wcagLuminance } from "culori/fn";
import { describe, expect, test } from "vitest";

import { fillingShade, readableShade, shadesOf } from "./theme";

describe.each(["#0f766e", "#b45309", "#1d4ed8", "#9d174d", "#facc15", "#e5e7eb", "#111827"])(
  "%s",
  (color) => {
    const shades = shadesOf(color);

    test("is among its shades, which grow darker", () => {
      expect(shades[6]).toBe(color);
      const light = shades.map((shade) => wcagLuminance(shade));
      expect(light).toEqual([...light].sort((a, b) => b - a));
    });

    test("has a shade for text that can be read on its palest ones", () => {
      const text = shades[readableShade(shades)];
      expect(wcagContrast(text, shades[0])).toBeGreaterThanOrEqual(4.5);
      expect(wcagContrast(text, "#ffffff")).toBeGreaterThanOrEqual(4.5);
    });
  },
);

test.each(["#0f766e", "#b45309", "#facc15", "#e5e7eb"])(
  "white can be read on %s's buttons in the dark",
  (color) => {
    const shades = shadesOf(color);
    expect(wcagContrast(shades[fillingShade(shades)], "#ffffff")).toBeGreaterThanOrEqual(4.5);
  },
);

test("a colour that is dark enough is used as it is", () => {
  expect(readableShade(shadesOf("#0f766e"))).toBe(6);
  expect(readableShade(shadesOf("#facc15"))).toBe(9);
});
