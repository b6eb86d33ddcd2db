/** How well text can be read on a colour. */

function channel(hex: string): number {
  const share = Number.parseInt(hex, 16) / 255;
  return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

/** The better of black and white on `#rrggbb`, with its contrast by WCAG; `null` when that is no such colour. */
export function contrastOf(
  color: string,
): { readonly text: "#ffffff" | "#000000"; readonly ratio: number } | null {
  const [, red, green, blue] = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(color) ?? [];
  if (red === undefined || green === undefined || blue === undefined) return null;
  const light = 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const onWhite = 1.05 / (light + 0.05);
  const onBlack = (light + 0.05) / 0.05;
  return onWhite >= onBlack ? { text: "#ffffff", ratio: onWhite } : { text: "#000000", ratio: onBlack };
}
