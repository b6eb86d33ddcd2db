/** Above the list: search, where conversations stand, filters, and the views. */

import {
  ActionIcon,
  CloseButton,
  Menu,
  TextInput,
  Title,
  Tooltip,
  UnstyledButton,
  VisuallyHidden,
} from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconCheck, IconChevronDown, IconDots, IconSearch } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import { STAGES, type InboxSearch } from "../model/filters";
import type { SavedView } from "../model/types";
import { useCounts } from "../sync/useSurroundings";
import { FiltersButton } from "./FiltersButton";
import classes from "./list.module.css";
import { ViewMenu } from "./ViewMenu";

const TYPING_MS = 250;

interface Props {
  search: InboxSearch;
  onSearch: (search: InboxSearch) => void;
  views: readonly SavedView[];
  field: React.Ref<HTMLInputElement>;
}

export function ListHeader({ search, onSearch, views, field }: Props) {
  const { t } = useTranslation("inbox");
  const [typed, setTyped] = useState(search.q ?? "");
  const [shownFor, setShownFor] = useState(search.q);
  if (shownFor !== search.q) {
    // The address changed by itself: by a view, or by going back.
    setShownFor(search.q);
    if ((search.q ?? "") !== typed.trim()) setTyped(search.q ?? "");
  }
  const ask = useDebouncedCallback(
    (q: string) => onSearch({ ...search, q: q === "" ? undefined : q }),
    TYPING_MS,
  );
  const stage = search.stage ?? "open";

  return (
    <header className={classes.header}>
      <div className={classes.headerRow}>
        <Title order={1} size="h4" flex={1}>
          {t("title")}
        </Title>
        <Menu position="bottom-end" width={220}>
          <Menu.Target>
            <UnstyledButton
              className={classes.view}
              aria-label={`${t("stages.label")}: ${t(`stages.${stage}`)}`}
            >
              {t(`stages.${stage}`)}
              <IconChevronDown size={14} stroke={1.8} aria-hidden />
            </UnstyledButton>
          </Menu.Target>
          <Menu.Dropdown>
            {STAGES.map((each) => (
              <Menu.Item
                key={each}
                onClick={() => onSearch({ ...search, stage: each === "open" ? undefined : each })}
                rightSection={each === stage ? <IconCheck size={16} aria-hidden /> : null}
              >
                {t(`stages.${each}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <FiltersButton search={search} onSearch={onSearch} />
        <ViewMenu search={search} onSearch={onSearch} views={views}>
          <Tooltip label={t("views.manage")}>
            <ActionIcon size={32} aria-label={t("views.manage")}>
              <IconDots size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </ViewMenu>
      </div>
      <TextInput
        ref={field}
        type="search"
        size="sm"
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          ask(event.currentTarget.value.trim());
        }}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        placeholder={t("list.search")}
        aria-label={t("list.search")}
        leftSection={<IconSearch size={16} stroke={1.7} aria-hidden />}
        rightSection={
          typed !== "" && (
            <CloseButton
              size="sm"
              aria-label={t("list.clearSearch")}
              onClick={() => {
                setTyped("");
                onSearch({ ...search, q: undefined });
              }}
            />
          )
        }
        dir="auto"
      />
      <Views search={search} views={views} />
    </header>
  );
}

function Views({ search, views }: Pick<Props, "search" | "views">) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const counts = useCounts().data;
  const current = search.view ?? "all";
  const all = [
    ...(["mine", "unassigned", "all"] as const).map((id) => {
      return { id, name: t(`views.${id}`), count: counts?.[id] };
    }),
    ...views.map(({ id, name }) => {
      return { id, name, count: counts?.views.find((each) => each.view_id === id) };
    }),
  ];
  return (
    <nav className={classes.views} aria-label={t("views.label")}>
      {all.map(({ id, name, count }) => (
        <Link
          key={id}
          to="/inbox"
          search={id === "all" ? {} : { view: id }}
          activeOptions={{ includeSearch: true, exact: true }}
          className={classes.view}
          aria-current={id === current ? "page" : undefined}
          preload={false}
        >
          <bdi>{name}</bdi>
          {count !== undefined && (
            <span className={classes.count}>
              <VisuallyHidden>{t("views.holds")} </VisuallyHidden>
              {format.number(count.more ? count.count - 1 : count.count)}
              {count.more && "+"}
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}
