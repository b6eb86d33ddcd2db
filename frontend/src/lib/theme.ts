/** The design's tokens: the tenant's colour, two type faces that cover Latin and Arabic script, calm radii. */

import { createTheme, type MantineThemeOverride } from "@mantine/core";
import { generateColors } from "@mantine/colors-generator";

const DEFAULT_COLOR = "#0f766e";

const FONTS = '"Inter Variable", "Vazirmatn Variable", system-ui, sans-serif';

/** The theme around a tenant's brand colour (`#rrggbb`). */
export function themeOf(color: string = DEFAULT_COLOR): MantineThemeOverride {
  return createTheme({
    colors: { brand: generateColors(color) },
    primaryColor: "brand",
    primaryShade: { light: 7, dark: 5 },
    autoContrast: true,
    fontFamily: FONTS,
    headings: { fontFamily: FONTS, fontWeight: "650" },
    defaultRadius: "md",
    cursorType: "pointer",
    components: {
      Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
      Modal: { defaultProps: { centered: true, radius: "lg" } },
      Menu: { defaultProps: { shadow: "md", radius: "md" } },
      ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
      Skeleton: { defaultProps: { radius: "md" } },
    },
  });
}
