/** Sends messages and notes in the order in which they were written, and shows them before the server has them. */

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import i18next from "i18next";
import { useCallback, useMemo, useRef } from "react";

import { notifyFailure } from "@/components/feedback";
import { api, ApiError, call, once } from "@/lib/api";
import { waitBefore } from "@/lib/live";

import { messageBody } from "../model/body";
import { lastSeq, withoutPending, withPending, withSent, type Pending, type Thread } from "../model/thread";
import type { Message, NewMessage } from "../model/types";
import { keys } from "../sync/keys";

interface Parts {
  readonly body: Partial<NewMessage>;
  readonly files?: readonly string[];
  /** What is shown meanwhile, where it is not the body's text. */
  readonly shown?: string;
}

export interface Sending {
  readonly send: (parts: Parts) => void;
  readonly note: (text: string, mentions: readonly string[]) => void;
  /** Writes to the contact where this conversation is closed already, and goes to the one that this opens. */
  readonly begin: (contactId: string, body: Partial<NewMessage>) => Promise<boolean>;
  readonly again: (pending: Pending) => void;
  readonly discard: (pending: Pending) => void;
}

function wordsOf(error: unknown): string {
  if (error instanceof ApiError && error.status === 0) return i18next.t("offline.title", { ns: "feedback" });
  return error instanceof Error ? error.message : String(error);
}

/** How often to try while the server cannot be reached: for about two minutes. */
const TRIES = 10;

/** Tries again while nobody answers, under the same key, so that it counts once. */
async function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ApiError && error.retryable) || attempt >= TRIES) throw error;
    }
    await new Promise<void>((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        window.removeEventListener("online", go);
        resolve();
      };
      const timer = setTimeout(go, waitBefore(attempt));
      window.addEventListener("online", go);
    });
  }
}

export function useSend(conversationId: string, refresh: () => void): Sending {
  const client = useQueryClient();
  const navigate = useNavigate();
  // One after the other: what was written first stands first.
  const queue = useRef(Promise.resolve());

  const post = useCallback(
    (pending: Pending): Promise<Message> => {
      const params = { path: { id: conversationId } };
      const headers = once(pending.key);
      if (pending.kind === "note")
        return call(
          api.POST("/api/v1/inbox/conversations/{id}/notes/", {
            params,
            headers,
            body: { text: pending.text, mentions: [...pending.mentions] },
          }),
        );
      return call(
        api.POST("/api/v1/inbox/conversations/{id}/messages/", { params, headers, body: pending.body }),
      );
    },
    [conversationId],
  );

  const enter = useCallback(
    (pending: Pending): void => {
      const update = (change: (thread: Thread) => Thread) =>
        client.setQueryData<Thread>(keys.thread(conversationId), (old) => old && change(old));
      update((thread) => withPending(thread, { ...pending, error: "" }));
      queue.current = queue.current.then(async () => {
        try {
          const message = await patiently(() => post(pending));
          update((thread) => withSent(thread, pending.key, [message]));
          refresh();
        } catch (error) {
          update((thread) => withPending(thread, { ...pending, error: wordsOf(error) }));
        }
      });
    },
    [client, conversationId, post, refresh],
  );

  return useMemo(() => {
    const blank = (kind: Pending["kind"]): Omit<Pending, "text" | "body"> => {
      const thread = client.getQueryData<Thread>(keys.thread(conversationId));
      return {
        key: crypto.randomUUID(),
        kind,
        createdAt: new Date().toISOString(),
        after: thread === undefined ? 0 : lastSeq(thread),
        mentions: [],
        files: [],
        error: "",
      };
    };
    return {
      send: ({ body, files = [], shown }) =>
        enter({ ...blank("message"), body: messageBody(body), text: shown ?? body.text ?? "", files }),
      note: (text, mentions) => enter({ ...blank("note"), body: messageBody({}), text, mentions }),
      begin: async (contactId, body) => {
        try {
          const message = await call(
            api.POST("/api/v1/inbox/messages/", {
              body: { ...messageBody(body), contact_id: contactId },
              headers: once(),
            }),
          );
          void navigate({
            to: "/inbox/$conversationId",
            params: { conversationId: message.conversation_id },
            search: true,
          });
          return true;
        } catch (error) {
          notifyFailure(error);
          return false;
        }
      },
      again: enter,
      discard: ({ key }) =>
        client.setQueryData<Thread>(keys.thread(conversationId), (old) => old && withoutPending(old, key)),
    };
  }, [client, conversationId, enter, navigate]);
}
