/** What is being written, kept on this machine until it is sent. */

import { useCallback, useEffect, useRef, useState } from "react";

import { keepDraft, readDraft } from "../model/drafts";
import type { Draft } from "../model/types";

const CALM_MS = 300;

export function useDraft(conversationId: string): readonly [Draft, (change: Partial<Draft>) => void] {
  const [draft, setDraft] = useState(() => readDraft(conversationId));
  const latest = useRef(draft);
  useEffect(() => {
    latest.current = draft;
    const timer = setTimeout(() => keepDraft(conversationId, draft), CALM_MS);
    return () => clearTimeout(timer);
  }, [conversationId, draft]);
  // What was written in the last moment before leaving.
  useEffect(() => () => keepDraft(conversationId, latest.current), [conversationId]);
  // Changes may come faster than they are drawn: each is laid upon the latest.
  const change = useCallback((part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part })), []);
  return [draft, change];
}
