/** Everything that can be gone to or done, by typing a few letters of it. */

import "@mantine/spotlight/styles.css";

import { Spotlight, createSpotlight, type SpotlightActionGroupData } from "@mantine/spotlight";
import { IconArrowRight, IconSearch, IconSettings } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { FEATURES } from "@/app/features";
import { allows, useMe } from "@/lib/session";

import { usePages, useSettingsPages } from "./usePages";

const [store, controls] = createSpotlight();

/** Shown from the moment in which it is there; `onClose` is told when it has gone. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { scopes } = useMe();
  const go = (to: string) => () => void navigate({ to });
  const groups: SpotlightActionGroupData[] = [
    {
      group: t("palette.pages"),
      actions: usePages().map(({ to, label, icon: Icon }) => {
        return { id: to, label: t(label), onClick: go(to), leftSection: <Icon size={18} stroke={1.6} /> };
      }),
    },
    {
      group: t("palette.commands"),
      actions: FEATURES.flatMap((feature) => feature.commands ?? [])
        .filter(({ scope }) => scope === undefined || allows(scopes, scope))
        .map(({ id, label, to }) => {
          return {
            id,
            label: t(label),
            onClick: go(to),
            leftSection: <IconArrowRight size={18} stroke={1.6} />,
          };
        }),
    },
    {
      group: t("nav.settings"),
      actions: useSettingsPages().map(({ to, label }) => {
        return {
          id: to,
          label: t(label),
          onClick: go(to),
          leftSection: <IconSettings size={18} stroke={1.6} />,
        };
      }),
    },
  ];
  useEffect(() => controls.open(), []);
  return (
    <Spotlight
      store={store}
      onSpotlightClose={onClose}
      actions={groups.filter(({ actions }) => actions.length > 0)}
      shortcut={null}
      nothingFound={t("palette.nothing")}
      searchProps={{ leftSection: <IconSearch size={18} />, placeholder: t("palette.placeholder") }}
      highlightQuery
      scrollable
      maxHeight={420}
    />
  );
}
