/** The open conversation: its messages, where to write, and at the side who the customer is. */

import { Drawer } from "@mantine/core";
import { useLocalStorage, useMediaQuery } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Suspense, useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { Failure, ListSkeleton, notifyFailure } from "@/components/feedback";
import { api, call, once } from "@/lib/api";
import { useCan } from "@/lib/session";
import { useShortcuts } from "@/lib/shortcuts";

import { ActionDialog, type Choice } from "../actions/ActionDialog";
import { Composer, type ComposerHandle } from "../composer/Composer";
import { useSend } from "../composer/useSend";
import { withReaction } from "../model/reactions";
import { nameOf } from "../model/names";
import type { Thread } from "../model/thread";
import { firstUnread } from "../model/timeline";
import type { Message } from "../model/types";
import { ContactPanel } from "../panel/ContactPanel";
import { keys } from "../sync/keys";
import { useActions } from "../sync/useActions";
import { useConversation, useConversationEvents } from "../sync/useConversation";
import { usePresence } from "../sync/usePresence";
import { useThread } from "../sync/useThread";
import { ControlBanner } from "../thread/ControlBanner";
import { PresenceLine } from "../thread/PresenceLine";
import { ScheduledList } from "../thread/ScheduledList";
import { ThreadHeader } from "../thread/ThreadHeader";
import { ThreadView, type ThreadHandle } from "../thread/ThreadView";
import classes from "../thread/thread.module.css";
import { useDrop } from "./useDrop";

export function ConversationPage() {
  const { conversationId } = useParams({ from: "/shell/inbox/$conversationId" });
  // Another conversation is another page: nothing of the last one stays.
  return <OpenConversation key={conversationId} id={conversationId} />;
}

function OpenConversation({ id }: { id: string }) {
  const { t } = useTranslation("inbox");
  const client = useQueryClient();
  const canWrite = useCan("inbox:write");
  const wide = useMediaQuery("(min-width: 75em)", true, { getInitialValueInEffect: false });
  const [panelWanted, setPanelWanted] = useLocalStorage({
    key: "wasl-inbox-panel",
    defaultValue: true,
    getInitialValueInEffect: false,
  });
  const [drawerOpen, setDrawerOpen] = useState(false);
  const [choice, setChoice] = useState<Choice | null>(null);
  const [replyTo, setReplyTo] = useState<Message | null>(null);
  const composer = useRef<ComposerHandle>(null);
  const view = useRef<ThreadHandle>(null);

  const detail = useConversation(id);
  const source = useThread(id);
  const conversation = detail.data;
  const { thread, refresh } = source;
  const events = useConversationEvents(id, conversation?.contact.id);
  const sending = useSend(id, refresh);
  const { markRead } = useActions();
  const presence = usePresence(id);

  // Where the unread begins is decided once, when both are known: reading on does not move it.
  const [unreadFrom, setUnreadFrom] = useState<number | null>();
  if (unreadFrom === undefined && thread !== undefined && conversation !== undefined)
    setUnreadFrom(firstUnread(thread.messages, conversation.unread_count));

  const seen = useRef(0);
  const onSeen = useCallback(
    (seq: number) => {
      if (seq <= seen.current) return;
      seen.current = seq;
      markRead(id, seq);
    },
    [id, markRead],
  );

  const react = useCallback(
    (message: Message, emoji: string) => {
      const own = message.reactions.find(({ direction }) => direction === "out");
      const next = own?.emoji === emoji ? "" : emoji;
      const before = client.getQueryData<Thread>(keys.thread(id));
      client.setQueryData<Thread>(keys.thread(id), (old) => old && withReaction(old, message.id, next));
      call(
        api.POST("/api/v1/inbox/messages/{id}/reaction/", {
          params: { path: { id: message.id } },
          body: { emoji: next },
          headers: once(),
        }),
      ).then(refresh, (error: unknown) => {
        client.setQueryData<Thread>(keys.thread(id), (old) =>
          old && before ? { ...old, messages: before.messages } : old,
        );
        refresh();
        notifyFailure(error);
      });
    },
    [client, id, refresh],
  );
  const retry = useCallback(
    (message: Message) => {
      call(api.POST("/api/v1/inbox/messages/{id}/retry/", { params: { path: { id: message.id } } })).then(
        refresh,
        (error: unknown) => notifyFailure(error),
      );
    },
    [refresh],
  );
  const actions = useMemo(() => {
    return {
      reply: (message: Message) => {
        setReplyTo(message);
        composer.current?.focus(false);
      },
      react,
      retry,
    };
  }, [react, retry]);

  const group = t("title");
  useShortcuts(
    canWrite
      ? [
          { keys: "r", label: t("keys.reply"), group, run: () => composer.current?.focus(false) },
          { keys: "n", label: t("keys.note"), group, run: () => composer.current?.focus(true) },
        ]
      : [],
  );
  const drop = useDrop((files) => composer.current?.addFiles(files));

  if (detail.error !== null && conversation === undefined)
    return <Failure error={detail.error} retry={() => void detail.refetch()} />;
  if (conversation === undefined) return <ListSkeleton rows={6} />;

  const name = nameOf(conversation.contact) ?? t("unnamed");
  const panelOpen = wide ? panelWanted : drawerOpen;
  // Its parts fetch their words when they have something to show: the page must not vanish under whoever writes.
  const panel = (
    <Suspense fallback={<ListSkeleton rows={6} />}>
      <ContactPanel conversation={conversation} name={name} />
    </Suspense>
  );
  return (
    <div className={classes.page} data-panel={(wide && panelOpen) || undefined}>
      <div className={classes.column} {...drop.handlers}>
        <ThreadHeader
          conversation={conversation}
          name={name}
          canWrite={canWrite}
          panelOpen={panelOpen}
          onPanel={() => (wide ? setPanelWanted(!panelWanted) : setDrawerOpen(true))}
          onChoose={setChoice}
        />
        <ControlBanner conversation={conversation} canWrite={canWrite} />
        {thread === undefined || unreadFrom === undefined ? (
          <div className={classes.frame}>
            {source.error === null ? (
              <ListSkeleton rows={6} />
            ) : (
              <Failure error={source.error} retry={source.retry} />
            )}
          </div>
        ) : (
          <ThreadView
            handle={view}
            thread={thread}
            events={events}
            unreadFrom={unreadFrom}
            contactName={name}
            canWrite={canWrite}
            canReact={conversation.can.reactions}
            onOlder={source.loadOlder}
            loadingOlder={source.loadingOlder}
            onSeen={onSeen}
            onAgain={sending.again}
            onDiscard={sending.discard}
            actions={actions}
          />
        )}
        <PresenceLine others={presence.others} />
        <ScheduledList conversationId={id} canWrite={canWrite} />
        {canWrite && (
          <Composer
            handle={composer}
            conversation={conversation}
            sending={sending}
            replyTo={replyTo}
            onReplied={() => setReplyTo(null)}
            onTyping={presence.typing}
            onSent={() => view.current?.toEnd()}
          />
        )}
        {drop.over && <div className={classes.drop}>{t("files.drop")}</div>}
      </div>
      {wide && panelOpen && (
        <aside className={classes.panel} aria-label={t("panel.label")}>
          {panel}
        </aside>
      )}
      {!wide && (
        <Drawer
          opened={drawerOpen}
          onClose={() => setDrawerOpen(false)}
          position="right"
          size={360}
          padding={0}
          title={t("panel.label")}
          styles={{ header: { paddingInline: 16 } }}
        >
          {panel}
        </Drawer>
      )}
      <ActionDialog choice={choice} targets={[conversation]} onClose={() => setChoice(null)} />
    </div>
  );
}
