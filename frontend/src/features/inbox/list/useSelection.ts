/** Which rows are selected, one by one or from one to another. */

import { useCallback, useEffect, useRef, useState } from "react";

interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Selects or leaves out; with `range` all rows from the last one chosen to this one. Always the same function. */
  readonly toggle: (id: string, range: boolean) => void;
  readonly clear: () => void;
}

interface Row {
  readonly id: string;
}

const NONE: ReadonlySet<string> = new Set();
/** As many as can be changed at once. */
const MOST = 500;

function toggled(ids: ReadonlySet<string>, id: string, between: readonly Row[]): ReadonlySet<string> {
  const next = new Set(ids);
  if (between.length > 0) between.forEach((row) => next.add(row.id));
  else if (!next.delete(id)) next.add(id);
  return next.size > MOST ? new Set([...next].slice(0, MOST)) : next;
}

export function useSelection(rows: readonly Row[]): Selection {
  const [ids, setIds] = useState(NONE);
  const anchor = useRef<string>(undefined);
  const known = useRef(rows);
  useEffect(() => {
    known.current = rows;
  }, [rows]);

  const toggle = useCallback((id: string, range: boolean): void => {
    const place = (wanted: string | undefined): number => known.current.findIndex((row) => row.id === wanted);
    const [from, to] = range ? [place(anchor.current), place(id)] : [-1, -1];
    const between = from < 0 || to < 0 ? [] : known.current.slice(Math.min(from, to), Math.max(from, to) + 1);
    anchor.current = id;
    setIds((before) => toggled(before, id, between));
  }, []);
  const clear = useCallback(() => setIds(NONE), []);

  return { ids, toggle, clear };
}
