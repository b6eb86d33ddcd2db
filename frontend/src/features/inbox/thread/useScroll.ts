/** How a thread scrolls: it stays at its end, or where the reader is; old pieces come when the reader nears the top. */

import { useCallback, useEffect, useRef, useState } from "react";

/** Nearer than this to the end counts as the end. */
const NEAR_PX = 60;
const AHEAD = "600px 0px 0px 0px";

interface Scroll {
  readonly box: React.RefObject<HTMLDivElement | null>;
  /** Stands before the first item. */
  readonly top: React.RefObject<HTMLDivElement | null>;
  readonly atEnd: boolean;
  readonly toEnd: () => void;
  readonly onScroll: () => void;
}

/** The box is laid out from its end (`column-reverse`): what is put before the first item moves nothing. */
export function useScroll(onTop: () => void): Scroll {
  const box = useRef<HTMLDivElement>(null);
  const top = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);

  const onScroll = useCallback(() => {
    if (box.current !== null) setAtEnd(Math.abs(box.current.scrollTop) < NEAR_PX);
  }, []);
  const toEnd = useCallback(() => {
    box.current?.scrollTo({ top: 0, behavior: "auto" });
  }, []);

  useEffect(() => {
    if (box.current === null || top.current === null) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && onTop(), {
      root: box.current,
      rootMargin: AHEAD,
    });
    observer.observe(top.current);
    return () => observer.disconnect();
  }, [onTop]);

  return { box, top, atEnd, toEnd, onScroll };
}
