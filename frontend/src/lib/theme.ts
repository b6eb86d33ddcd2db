/** The design's tokens: the tenant's colour, two type faces that cover Latin and Arabic script, calm radii. */

import { createTheme, type MantineColorsTuple, type MantineThemeOverride } from "@mantine/core";
import { formatHex, interpolate, modeLrgb, modeOklab, modeRgb, useMode, wcagContrast } from "culori/fn";

const DEFAULT_COLOR = "#0f766e";
/** A red on which white can be read, for what cannot be undone. */
const DANGER = "#c92a2a";
/** The luminance at which black and white can be read equally well, both at 4.6 to 1. */
const EVEN_LUMINANCE = 0.179;
const FONTS = '"Inter Variable", "Vazirmatn Variable", system-ui, sans-serif';

/** WCAG 2.1 AA for text, https://www.w3.org/TR/WCAG21/#contrast-minimum */
const READABLE = 4.5;
/** How much of the colour is left beside white, from shade 0 to 5; shade 6 is the colour itself. */
const TINTS = [0.06, 0.12, 0.28, 0.48, 0.68, 0.85];
/** How much of it is left beside black, in the shades 7 to 9. */
const SHADES = [0.82, 0.66, 0.5];

// The spaces in which colours are read and mixed; culori knows no other until it is told.
[modeRgb, modeLrgb, modeOklab].forEach((mode) => useMode(mode));

function mixed(color: string, other: string): (share: number) => string {
  const between = interpolate([other, color], "oklab");
  return (share) => formatHex(between(share));
}

/** Ten shades of a colour from pale to dark, as Mantine wants them; the seventh is the colour as it was given. */
export function shadesOf(color: string): MantineColorsTuple {
  const [a, b, c, d, e, f] = TINTS.map(mixed(color, "#ffffff"));
  const [g, h, i] = SHADES.map(mixed(color, "#000000"));
  const shades = [a, b, c, d, e, f, color, g, h, i].map((shade) => shade ?? color);
  return shades as unknown as MantineColorsTuple;
}

/** The first shade from the colour on that can be read on its own pale ones: a yellow brand writes in ochre. */
export function readableShade(shades: MantineColorsTuple): 6 | 7 | 8 | 9 {
  return ([6, 7, 8] as const).find((shade) => wcagContrast(shades[shade], shades[1]) >= READABLE) ?? 9;
}

/** The first shade on which white can be read: Mantine chooses a button's text by its light shade, for the dark too. */
export function fillingShade(shades: MantineColorsTuple): 5 | 6 | 7 | 8 | 9 {
  return ([5, 6, 7, 8] as const).find((shade) => wcagContrast(shades[shade], "#ffffff") >= READABLE) ?? 9;
}

interface Words {
  /** What the cross of dialogs is called for who does not see it. */
  readonly close: string;
}

/** The theme around a tenant's brand colour (`#rrggbb`). */
export function themeOf(color: string | undefined, words: Words): MantineThemeOverride {
  const brand = shadesOf(color ?? DEFAULT_COLOR);
  const closeButtonProps = { "aria-label": words.close };
  return createTheme({
    colors: { brand, red: shadesOf(DANGER) },
    primaryColor: "brand",
    primaryShade: { light: readableShade(brand), dark: fillingShade(brand) },
    autoContrast: true,
    luminanceThreshold: EVEN_LUMINANCE,
    fontFamily: FONTS,
    headings: { fontFamily: FONTS, fontWeight: "650" },
    defaultRadius: "md",
    cursorType: "pointer",
    components: {
      Badge: { styles: { root: { textTransform: "none" }, label: { fontWeight: 600 } } },
      // The colours of light alerts are too pale for their titles.
      Alert: { styles: { title: { color: "var(--mantine-color-text)" } } },
      Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
      Modal: { defaultProps: { centered: true, radius: "lg", closeButtonProps } },
      Drawer: { defaultProps: { closeButtonProps } },
      Menu: { defaultProps: { shadow: "md", radius: "md" } },
      ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
      Skeleton: { defaultProps: { radius: "md" } },
    },
  });
}
