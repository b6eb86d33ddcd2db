/** Who else is at a conversation, and telling the others that I am. */

import { useCallback, useEffect, useRef, useState } from "react";

import { live, useHint } from "@/lib/live";

import { stillThere, withSaid, type Present } from "../model/presence";

const LOOK_MS = 8_000;
const TYPE_MS = 3_000;
const TICK_MS = 2_000;
const NOBODY: readonly Present[] = [];

interface Presence {
  readonly others: readonly Present[];
  /** Tells the others that I write; as often as one likes. */
  readonly typing: () => void;
}

export function usePresence(conversationId: string): Presence {
  const [others, setOthers] = useState(NOBODY);
  const typedAt = useRef(0);

  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState === "visible") live.say("viewing", conversationId);
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => {
      clearInterval(timer);
      live.say("left", conversationId);
    };
  }, [conversationId]);

  useHint("inbox.presence", (hint) => {
    if (hint.conversation === conversationId) setOthers((now) => withSaid(now, hint, Date.now()));
  });
  const someone = others.length > 0;
  useEffect(() => {
    if (!someone) return;
    const timer = setInterval(() => setOthers((now) => stillThere(now, Date.now())), TICK_MS);
    return () => clearInterval(timer);
  }, [someone]);

  const typing = useCallback(() => {
    if (Date.now() - typedAt.current < TYPE_MS) return;
    typedAt.current = Date.now();
    live.say("typing", conversationId);
  }, [conversationId]);

  return { others, typing };
}
