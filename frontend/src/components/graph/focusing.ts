/** What the canvas and the pages around it agree on in the browser: what is dragged, and which card has the keys. */

/** What a block of the palette is dragged as. */
export const DRAGGED = "application/x-wasl-block";

/** Lets the keys go to a card, once it is drawn. */
export function focusCard(id: string): void {
  requestAnimationFrame(() => {
    document
      .querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)
      ?.focus({ preventScroll: true });
  });
}
