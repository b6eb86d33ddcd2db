/** The links that the features offer, as far as one's scopes reach. */

import { FEATURES } from "@/app/features";
import type { Feature, PageLink } from "@/lib/routing";
import { allows, useMe } from "@/lib/session";

type SettingsLink = NonNullable<Feature["settings"]>[number];

function visible<Link extends PageLink>(links: readonly Link[], scopes: readonly string[]): Link[] {
  return links
    .filter(({ scope }) => scope === undefined || allows(scopes, scope))
    .sort((a, b) => a.order - b.order);
}

export function usePages(): PageLink[] {
  const { scopes } = useMe();
  return visible(
    FEATURES.flatMap((feature) => feature.pages ?? []),
    scopes,
  );
}

export function useSettingsPages(): SettingsLink[] {
  const { scopes } = useMe();
  return visible(
    FEATURES.flatMap((feature) => feature.settings ?? []),
    scopes,
  );
}
