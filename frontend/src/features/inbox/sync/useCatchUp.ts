/** A {@link CatchUp} that lives as long as the component, and also asks after gaps of the live connection. */

import { useCallback, useEffect, useEffectEvent, useRef } from "react";

import { live, useHint } from "@/lib/live";

import { CatchUp } from "./catchUp";

/** How often to ask while the live connection is down. */
const BLIND_MS = 15_000;

/** Returns how to ask. `key` names what is caught up with: another key, another series of questions. */
export function useCatchUp(key: string, ask: () => Promise<void>): () => void {
  const latest = useEffectEvent(ask);
  const current = useRef<CatchUp>(undefined);
  useEffect(() => {
    const mine = new CatchUp(() => latest());
    current.current = mine;
    const timer = setInterval(() => {
      if (!live.isOpen) mine.request();
    }, BLIND_MS);
    // What came from the cache may be old.
    mine.request();
    return () => {
      clearInterval(timer);
      mine.stop();
    };
  }, [key]);
  const request = useCallback(() => current.current?.request(), []);
  useHint("resumed", request);
  return request;
}
