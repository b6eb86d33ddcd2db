/** Which rows are selected, one by one or from one to another. */

import { useRef, useState } from "react";

interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Selects or leaves out; with `range` all rows from the last one chosen to this one. */
  readonly toggle: (id: string, range: boolean) => void;
  readonly clear: () => void;
}

const NONE: ReadonlySet<string> = new Set();
/** As many as can be changed at once. */
const MOST = 500;

export function useSelection(rows: readonly { readonly id: string }[]): Selection {
  const [ids, setIds] = useState(NONE);
  const anchor = useRef<string>(undefined);

  function toggle(id: string, range: boolean): void {
    const next = new Set(ids);
    const from = range ? rows.findIndex((row) => row.id === anchor.current) : -1;
    const to = rows.findIndex((row) => row.id === id);
    if (from >= 0 && to >= 0)
      rows.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((row) => next.add(row.id));
    else if (!next.delete(id)) next.add(id);
    anchor.current = id;
    setIds(next.size > MOST ? new Set([...next].slice(0, MOST)) : next);
  }

  return { ids, toggle, clear: () => setIds(NONE) };
}
