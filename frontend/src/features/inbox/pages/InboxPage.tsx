/** The inbox: the list at one side, and beside it the conversation that is open. On phones one of the two. */

import { Button } from "@mantine/core";
import { IconChecks, IconSearchOff } from "@tabler/icons-react";
import { getRouteApi, Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure, ListSkeleton } from "@/components/feedback";
import { useCan, useMe } from "@/lib/session";

import { ActionDialog, type Choice, type Target } from "../actions/ActionDialog";
import { BulkBar } from "../list/BulkBar";
import { ConversationList, type ListHandle } from "../list/ConversationList";
import type { RowActions } from "../list/ConversationRow";
import { ListHeader } from "../list/ListHeader";
import { useSelection } from "../list/useSelection";
import { filterCount, filtersOf, withoutFilters, type InboxSearch } from "../model/filters";
import type { List } from "../model/list";
import { useActions } from "../sync/useActions";
import { useConversations } from "../sync/useConversations";
import { useSavedViews } from "../sync/useSurroundings";
import { useInboxShortcuts } from "./useInboxShortcuts";
import { useUnreadTitle } from "./useUnreadTitle";
import classes from "./inbox.module.css";

const route = getRouteApi("/shell/inbox");
const NO_ROWS: List["rows"] = [];

export function InboxPage() {
  const { t } = useTranslation("inbox");
  const search = route.useSearch();
  const navigate = useNavigate();
  const { conversationId: openId } = useParams({ strict: false });
  const me = useMe();
  const canWrite = useCan("inbox:write");
  const views = useSavedViews().data;
  const saved = views?.find(({ id }) => id === search.view);
  const filters = filtersOf(search, saved?.filters);
  const { list, error, retry, more, loadingMore } = useConversations(filters);
  const rows = list?.rows ?? NO_ROWS;
  const { setStatus, setRead } = useActions();

  const field = useRef<HTMLInputElement>(null);
  const handle = useRef<ListHandle>(null);
  const [focusedId, setFocusedId] = useState<string>();
  const [dialog, setDialog] = useState<{ choice: Choice | null; targets: readonly Target[] }>({
    choice: null,
    targets: [],
  });
  const selection = useSelection(rows);
  const change = (next: InboxSearch) => void navigate({ to: ".", search: next, replace: true });

  // The same functions for all rows and as long as the page is shown: a row is drawn anew only when it has changed.
  const { toggle } = selection;
  const actions = useMemo<RowActions>(() => {
    return {
      toggle,
      resolve: (row) => setStatus([row.id], "closed"),
      snooze: (row) => setDialog({ choice: "snooze", targets: [row] }),
      assign: (row) => setDialog({ choice: "assign", targets: [row] }),
      read: (row) => setRead([row.id], row.unread_count > 0),
      focused: setFocusedId,
    };
  }, [toggle, setStatus, setRead]);

  useUnreadTitle();
  useInboxShortcuts({
    rows,
    openId,
    focusedId,
    selected: selection.ids,
    canWrite,
    focusRow: (id) => handle.current?.focus(id),
    focusSearch: () => field.current?.select(),
    toggle: (id) => selection.toggle(id, false),
    clearSelection: selection.clear,
    choose: (choice, targets) => setDialog({ choice, targets }),
  });

  return (
    <div className={classes.inbox} data-open={openId !== undefined || undefined}>
      <section className={classes.listPane} aria-label={t("list.label")}>
        <ListHeader search={search} onSearch={change} views={views ?? []} field={field} />
        {list === undefined && error === null && <ListSkeleton rows={9} />}
        {list === undefined && error !== null && <Failure error={error} retry={retry} />}
        {list !== undefined && rows.length === 0 && <NoRows search={search} onSearch={change} />}
        {rows.length > 0 && (
          <ConversationList
            key={JSON.stringify(filters)}
            handle={handle}
            rows={rows}
            open={list?.next != null}
            loadingMore={loadingMore}
            onMore={more}
            activeId={openId}
            selected={selection.ids}
            me={me.label}
            canWrite={canWrite}
            actions={actions}
          />
        )}
        {selection.ids.size > 0 && (
          <BulkBar
            ids={[...selection.ids]}
            onChoose={(choice) =>
              setDialog({ choice, targets: rows.filter((row) => selection.ids.has(row.id)) })
            }
            onClear={selection.clear}
          />
        )}
      </section>
      <section className={classes.openPane} aria-label={t("thread.label")}>
        <Outlet />
      </section>
      <ActionDialog
        choice={dialog.choice}
        targets={dialog.targets.map((target) => rows.find((row) => row.id === target.id) ?? target)}
        onClose={() => setDialog({ ...dialog, choice: null })}
      />
    </div>
  );
}

function NoRows({ search, onSearch }: { search: InboxSearch; onSearch: (search: InboxSearch) => void }) {
  const { t } = useTranslation("inbox");
  const narrowed = filterCount(search) > 0 || search.q !== undefined;
  if (narrowed)
    return (
      <EmptyState
        icon={IconSearchOff}
        title={t("list.nothing")}
        text={t("list.nothingText")}
        action={
          <Button variant="light" onClick={() => onSearch(withoutFilters(search))}>
            {t("filters.clear")}
          </Button>
        }
      />
    );
  return <EmptyState icon={IconChecks} title={t("list.done")} text={t("list.doneText")} />;
}
