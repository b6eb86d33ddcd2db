/** The provider's window: until when anything may be written to the customer. Pure. */

/** How near its end is: `calm` needs no attention, `soon` is within two hours. */
export type Closing =
  | { readonly kind: "none" }
  | { readonly kind: "calm" | "soon"; readonly left: number }
  | { readonly kind: "closed" };

const SOON_MS = 2 * 3_600_000;

interface Window {
  /** Whether the provider limits when anything may be written. */
  readonly limited: boolean;
  /** `null` while the customer has not written. */
  readonly closesAt: string | null;
}

export function closingOf({ limited, closesAt }: Window, now: number): Closing {
  if (!limited) return { kind: "none" };
  const left = closesAt === null ? 0 : Date.parse(closesAt) - now;
  if (left <= 0) return { kind: "closed" };
  return { kind: left <= SOON_MS ? "soon" : "calm", left };
}
