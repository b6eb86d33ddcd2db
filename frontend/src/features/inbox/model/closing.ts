/** The provider's window: until when anything may be written to the customer. Pure. */

/** How near its end is: `calm` needs no attention, `soon` is within two hours. */
export type Closing =
  | { readonly kind: "none" }
  | { readonly kind: "calm" | "soon"; readonly left: number }
  | { readonly kind: "closed" };

const SOON_MS = 2 * 3_600_000;

/** `closesAt` is null where the provider has no window; `never` when the customer has not written yet. */
export function closingOf(closesAt: string | null, now: number): Closing {
  if (closesAt === null) return { kind: "none" };
  const left = Date.parse(closesAt) - now;
  if (left <= 0) return { kind: "closed" };
  return { kind: left <= SOON_MS ? "soon" : "calm", left };
}
