/** Which other members are at a conversation, by what their browsers say. Pure. */

import type { Doing, Hints } from "@/lib/live";

export interface Present {
  readonly id: string;
  readonly name: string;
  readonly doing: Exclude<Doing, "left">;
  /** Until when that holds without being said again. */
  readonly until: number;
}

/** How long it holds: somewhat longer than the time after which browsers say it again. */
const HOLDS_MS = { viewing: 12_000, typing: 6_000 } as const;

/** Who is there after this was said. */
export function withSaid(
  present: readonly Present[],
  { doing, member }: Pick<Hints["inbox.presence"], "doing" | "member">,
  now: number,
): readonly Present[] {
  const others = stillThere(present, now).filter(({ id }) => id !== member.id);
  if (doing === "left") return others;
  return [...others, { ...member, doing, until: now + HOLDS_MS[doing] }];
}

/** Who is there still. Who stops writing goes on looking. */
export function stillThere(present: readonly Present[], now: number): readonly Present[] {
  return present.flatMap((each): Present[] => {
    if (each.until > now) return [each];
    const until = each.until + HOLDS_MS.viewing;
    return each.doing === "typing" && until > now ? [{ ...each, doing: "viewing", until }] : [];
  });
}
