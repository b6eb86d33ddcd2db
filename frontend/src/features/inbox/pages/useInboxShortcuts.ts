/** The keys of the inbox: they mean the row that has the focus, else the conversation that is open. */

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useMe } from "@/lib/session";
import { useShortcuts, type Shortcut } from "@/lib/shortcuts";

import type { Choice, Target } from "../actions/ActionDialog";
import type { Conversation, ConversationDetail } from "../model/types";
import { keys } from "../sync/keys";
import { useActions } from "../sync/useActions";

interface Options {
  rows: readonly Conversation[];
  openId: string | undefined;
  focusedId: string | undefined;
  selected: ReadonlySet<string>;
  canWrite: boolean;
  focusRow: (id: string) => void;
  focusSearch: () => void;
  toggle: (id: string) => void;
  clearSelection: () => void;
  choose: (choice: Choice, targets: readonly Target[]) => void;
}

/** Whether something lies over the page that closes by Escape itself. */
function isCovered(): boolean {
  return document.querySelector("[role=dialog], [role=menu], [role=listbox]") !== null;
}

export function useInboxShortcuts(options: Options): void {
  const { t } = useTranslation("inbox");
  const navigate = useNavigate();
  const client = useQueryClient();
  const me = useMe().user;
  const { assign, setStatus, setRead } = useActions();
  const { rows, openId, focusedId, selected, canWrite } = options;

  const rowInFocus = (): string | undefined =>
    document.activeElement instanceof HTMLElement ? document.activeElement.dataset.row : undefined;

  function step(by: 1 | -1): void {
    const from = rows.findIndex((row) => row.id === (rowInFocus() ?? focusedId ?? openId));
    const to = rows[Math.max(0, Math.min(rows.length - 1, from + by))];
    if (to !== undefined) options.focusRow(to.id);
  }

  /** The selected ones, else the row in focus, else the open conversation. */
  function targets(): readonly (Target & Pick<Conversation, "unread_count" | "status">)[] {
    if (selected.size > 0) return rows.filter((row) => selected.has(row.id));
    const id = rowInFocus() ?? openId;
    if (id === undefined) return [];
    const found =
      rows.find((row) => row.id === id) ?? client.getQueryData<ConversationDetail>(keys.conversation(id));
    return found === undefined ? [] : [found];
  }

  const ids = (): string[] => targets().map(({ id }) => id);
  const choose = (choice: Choice) => (): void => {
    const found = targets();
    if (found.length > 0) options.choose(choice, found);
  };

  function escape(): void {
    if (isCovered()) return;
    if (selected.size > 0) options.clearSelection();
    else if (openId !== undefined) void navigate({ to: "/inbox", search: true });
  }

  const moving: readonly (readonly [string, Shortcut["label"], () => void])[] = [
    ["j", t("keys.next"), () => step(1)],
    ["k", t("keys.previous"), () => step(-1)],
    [
      "o",
      t("keys.open"),
      () => {
        const id = rowInFocus() ?? focusedId;
        if (id !== undefined)
          void navigate({
            to: "/inbox/$conversationId",
            params: { conversationId: id },
            search: true,
          });
      },
    ],
    ["/", t("keys.search"), options.focusSearch],
    ["escape", t("keys.back"), escape],
    [
      "u",
      t("keys.unread"),
      () => {
        const found = targets();
        if (found.length > 0)
          setRead(
            ids(),
            found.every(({ unread_count }) => unread_count > 0),
          );
      },
    ],
  ];
  const writing: typeof moving = [
    [
      "x",
      t("keys.select"),
      () => {
        const id = rowInFocus() ?? focusedId ?? openId;
        if (id !== undefined) options.toggle(id);
      },
    ],
    ["a", t("actions.assign"), choose("assign")],
    [
      "i",
      t("keys.assignMe"),
      () => me !== null && ids().length > 0 && assign(ids(), { id: me.id, name: me.name }),
    ],
    ["l", t("actions.label"), choose("label")],
    ["s", t("actions.snooze"), choose("snooze")],
    ["e", t("actions.resolve"), () => ids().length > 0 && setStatus(ids(), "closed")],
  ];
  useShortcuts(
    [...moving, ...(canWrite ? writing : [])].map(([keyName, label, run]) => {
      return { keys: keyName, label, group: t("title"), run };
    }),
  );
}
