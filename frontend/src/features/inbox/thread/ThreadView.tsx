/** The messages of a conversation, from the oldest loaded to the newest. */

import { Button, Loader } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";
import { useMe, useTenant } from "@/lib/session";

import { lastSeq, shownPending, type Pending, type Thread } from "../model/thread";
import { itemsOf, type Item } from "../model/timeline";
import type { TimelineEvent } from "../model/types";
import { dayFormat } from "../model/days";
import { EventLine } from "./EventLine";
import { MessageItem, type MessageActions } from "./MessageItem";
import { PendingItem } from "./PendingItem";
import classes from "./thread.module.css";
import { useScroll } from "./useScroll";

export interface ThreadHandle {
  readonly toEnd: () => void;
}

interface Props {
  thread: Thread;
  events: readonly TimelineEvent[];
  unreadFrom: number | null;
  contactName: string;
  canWrite: boolean;
  canReact: boolean;
  onOlder: () => void;
  loadingOlder: boolean;
  onSeen: (seq: number) => void;
  onAgain: (pending: Pending) => void;
  onDiscard: (pending: Pending) => void;
  actions: Omit<MessageActions, "jump">;
  handle: React.Ref<ThreadHandle>;
}

/** How often to ask for older pieces while looking for a quoted message. */
const MOST_PIECES = 40;

export function ThreadView(props: Props) {
  const { thread, events, unreadFrom, onOlder, loadingOlder, onSeen, handle } = props;
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const me = useMe().label;
  const timeZone = useTenant().timezone ?? "UTC";
  const { box, top, atEnd, toEnd, onScroll } = useScroll(onOlder);
  const seq = lastSeq(thread);
  const dayOf = useMemo(() => dayFormat(timeZone), [timeZone]);
  const pending = shownPending(thread, me);
  const items = useMemo(
    () => itemsOf({ messages: thread.messages, pending: [], events, older: thread.older, unreadFrom, dayOf }),
    [thread.messages, thread.older, events, unreadFrom, dayOf],
  );
  const retried = useMemo(
    () => new Set(thread.messages.flatMap(({ data }) => data.retry_of ?? [])),
    [thread.messages],
  );
  const onWay = itemsOf({ messages: [], pending, events: [], older: false, unreadFrom: null, dayOf }).filter(
    ({ kind }) => kind === "pending",
  );

  useImperativeHandle(handle, () => ({ toEnd }));

  // What is new while the reader is further up.
  const [leftAt, setLeftAt] = useState(seq);
  if (atEnd && leftAt !== seq) setLeftAt(seq);
  const fresh = thread.messages.filter(
    ({ seq: each, direction }) => each > leftAt && direction === "in",
  ).length;

  // Seen is what stands at the end of a page that is looked at.
  useEffect(() => {
    if (!atEnd) return;
    const look = (): void => {
      if (document.visibilityState === "visible") onSeen(seq);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [atEnd, seq, onSeen]);

  // Once, at the beginning: to where the unread begins.
  useLayoutEffect(() => {
    const divider = box.current?.querySelector("[data-unread]");
    if (divider == null || box.current === null) return;
    if (divider.getBoundingClientRect().top < box.current.getBoundingClientRect().top)
      divider.scrollIntoView({ block: "start" });
  }, [box]);

  const { jump, hunting } = useJump({ box, thread, onOlder });
  const { reply, react, retry } = props.actions;
  const actions = useMemo(() => ({ reply, react, retry, jump }), [reply, react, retry, jump]);

  return (
    <div className={classes.frame}>
      <div
        ref={box}
        className={classes.scroll}
        onScroll={onScroll}
        // A region that scrolls has to be reachable by key.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-label={t("thread.messages")}
      >
        <div className={classes.items}>
          <div ref={top} />
          {(loadingOlder || hunting) && (
            <Loader size="sm" type="dots" mx="auto" aria-label={t("thread.loadingOlder")} />
          )}
          {!thread.older && <div className={classes.middle}>{t("thread.beginning")}</div>}
          {[...items, ...onWay].map((item) => (
            <ItemView key={item.key} item={item} me={me} retried={retried} {...props} actions={actions} />
          ))}
        </div>
      </div>
      {!atEnd && (
        <div className={classes.jump}>
          <Button
            size="xs"
            radius="xl"
            variant={fresh > 0 ? "filled" : "default"}
            leftSection={<IconArrowDown size={16} />}
            onClick={toEnd}
          >
            {fresh > 0 ? t("thread.fresh", { count: fresh, shown: format.number(fresh) }) : t("thread.toEnd")}
          </Button>
        </div>
      )}
    </div>
  );
}

interface ItemProps extends Omit<Props, "actions"> {
  item: Item;
  me: string;
  retried: ReadonlySet<string>;
  actions: MessageActions;
}

function ItemView({
  item,
  me,
  retried,
  contactName,
  canWrite,
  canReact,
  actions,
  onAgain,
  onDiscard,
}: ItemProps) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  switch (item.kind) {
    case "day":
      return <div className={classes.day}>{format.date(item.at)}</div>;
    case "unread":
      return (
        <div className={classes.unread} data-unread role="separator">
          {t("thread.unread")}
        </div>
      );
    case "event":
      return <EventLine event={item.event} />;
    case "pending":
      return <PendingItem pending={item.pending} onAgain={onAgain} onDiscard={onDiscard} />;
    case "message":
      return (
        <MessageItem
          message={item.message}
          first={item.first}
          last={item.last}
          mine={item.message.author === me}
          retried={retried.has(item.message.id)}
          contactName={contactName}
          canWrite={canWrite}
          canReact={canReact}
          actions={actions}
        />
      );
  }
}

/** Goes to a message by its number, fetching what lies between. */
function useJump({
  box,
  thread,
  onOlder,
}: Pick<Props, "thread" | "onOlder"> & { box: React.RefObject<HTMLDivElement | null> }) {
  const [wanted, setWanted] = useState<number>();
  const tries = useRef(0);
  const first = thread.messages[0]?.seq ?? 0;
  const jump = useCallback((seq: number) => {
    tries.current = 0;
    setWanted(seq);
  }, []);

  useEffect(() => {
    if (wanted === undefined) return;
    if (wanted < first && thread.older && tries.current++ < MOST_PIECES) {
      onOlder();
      return;
    }
    const found = box.current?.querySelector<HTMLElement>(`[data-seq="${wanted}"]`);
    found?.scrollIntoView({ block: "center" });
    if (found != null) {
      found.dataset.flash = "";
      found.focus({ preventScroll: true });
      setTimeout(() => delete found.dataset.flash, 1500);
    }
    setWanted(undefined);
  }, [wanted, first, thread.older, onOlder, box]);

  return { jump, hunting: wanted !== undefined };
}
