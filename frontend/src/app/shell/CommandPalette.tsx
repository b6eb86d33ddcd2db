/** Everything that can be gone to or done, and everybody who can be found, by typing a few letters. */

import "@mantine/spotlight/styles.css";

import { Spotlight, createSpotlight, type SpotlightActionGroupData } from "@mantine/spotlight";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowRight, IconSearch, IconSettings, IconUser } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { FEATURES } from "@/app/features";
import { api, call, type Schema } from "@/lib/api";
import { allows, useCan, useMe } from "@/lib/session";

import { usePages, useSettingsPages } from "./usePages";

const [store, controls] = createSpotlight();
const SHORTEST_SEARCH = 2;
const FOUND = 6;

/** Contacts by name, phone or e-mail, in any spelling. */
function useContacts(typed: string): readonly Schema<"Contact">[] {
  const [search] = useDebouncedValue(typed.trim(), 200);
  const enabled = useCan("crm:read") && search.length >= SHORTEST_SEARCH;
  const { data } = useQuery({
    queryKey: ["contacts", "palette", search],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/crm/contacts/", { params: { query: { search, page_size: FOUND } }, signal })),
    enabled,
    placeholderData: keepPreviousData,
  });
  return enabled ? (data?.results ?? []) : [];
}

/** Shown from the moment in which it is there; `onClose` is told when it has gone. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { scopes } = useMe();
  const [typed, setTyped] = useState("");
  const contacts = useContacts(typed);
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
    {
      group: t("nav.contacts"),
      actions: contacts.map(({ id, name, phone, email }) => {
        return {
          id,
          label: name || phone || email || id,
          description: [phone, email].filter(Boolean).join(" · "),
          // The server found them, perhaps by another spelling: the palette must not sift them out again.
          keywords: typed,
          onClick: go(`/contacts/${id}`),
          leftSection: <IconUser size={18} stroke={1.6} />,
        };
      }),
    },
  ];
  useEffect(() => controls.open(), []);
  return (
    <Spotlight
      store={store}
      onSpotlightClose={onClose}
      query={typed}
      onQueryChange={setTyped}
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
