/** The list itself: as many rows as the window shows, however many there are. */

import { Loader, VisuallyHidden } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useImperativeHandle, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../model/types";
import { ConversationRow, type RowActions } from "./ConversationRow";
import classes from "./list.module.css";

const ROW_PX = 82;
/** How many rows before the end the next page is asked for. */
const AHEAD = 30;

export interface ListHandle {
  /** Scrolls to a row and gives it the focus. */
  readonly focus: (id: string) => void;
}

interface Props {
  rows: readonly Conversation[];
  /** Whether there are more than these. */
  open: boolean;
  loadingMore: boolean;
  onMore: () => void;
  activeId: string | undefined;
  selected: ReadonlySet<string>;
  me: string;
  canWrite: boolean;
  actions: RowActions;
  handle: React.Ref<ListHandle>;
}

export function ConversationList(props: Props) {
  const { rows, open, loadingMore, onMore, activeId, selected, me, canWrite, actions, handle } = props;
  const { t } = useTranslation("inbox");
  const box = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- rows are memoised by themselves.
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;

  useEffect(() => {
    if (open && last + AHEAD >= rows.length) onMore();
  }, [open, last, rows.length, onMore]);

  useImperativeHandle(handle, () => {
    return {
      focus: (id) => {
        const index = rows.findIndex((row) => row.id === id);
        if (index < 0) return;
        virtual.scrollToIndex(index, { align: "auto" });
        requestAnimationFrame(() =>
          box.current?.querySelector<HTMLElement>(`[data-row="${id}"]`)?.focus({ preventScroll: true }),
        );
      },
    };
  });

  return (
    <div ref={box} className={classes.list} role="list" aria-label={t("list.label")}>
      <div className={classes.sizer} style={{ height: virtual.getTotalSize() }} role="presentation">
        {shown.map(({ index, key, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={key}
              role="listitem"
              aria-setsize={open ? -1 : rows.length}
              aria-posinset={index + 1}
              className={classes.place}
              style={{ transform: `translateY(${start}px)` }}
            >
              <ConversationRow
                row={row}
                me={me}
                canWrite={canWrite}
                active={row.id === activeId}
                selected={selected.has(row.id)}
                selecting={selected.size > 0}
                actions={actions}
              />
            </div>
          );
        })}
      </div>
      {loadingMore && (
        <div style={{ display: "grid", placeItems: "center", padding: 12 }}>
          <Loader size="sm" type="dots" aria-hidden />
          <VisuallyHidden role="status">{t("list.loadingMore")}</VisuallyHidden>
        </div>
      )}
    </div>
  );
}
