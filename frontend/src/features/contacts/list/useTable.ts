/** The table's state, which is the page's address: what is asked for, and how it is changed. */

import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

import { contactsSearch, type Column, type ContactsSearch, type SavedView } from "../model";
import { columnsQuery, viewsQuery } from "../queries";

export interface TableState {
  /** What is asked for: the view's, with what the address says instead. */
  readonly asked: ContactsSearch;
  readonly columns: readonly Column[];
  readonly shown: readonly Column[];
  readonly view: SavedView | undefined;
  /** Whether something was changed since the view was chosen. */
  readonly changed: boolean;
  readonly change: (part: Partial<Record<keyof ContactsSearch, unknown>>) => void;
}

function ofView(view: SavedView | undefined): ContactsSearch {
  if (view === undefined) return {};
  return contactsSearch({
    q: view.search,
    filter: view.predicate,
    sort: view.ordering?.[0],
    columns: view.columns,
  });
}

export function useTable(): TableState {
  const search = useSearch({ from: "/shell/contacts" });
  const navigate = useNavigate();
  const { data: columns } = useSuspenseQuery(columnsQuery);
  const { data: views } = useQuery(viewsQuery);
  const view = search.view === undefined ? undefined : views?.find(({ id }) => id === search.view);
  const asked = useMemo(() => ({ ...ofView(view), ...search }), [view, search]);
  const shown = useMemo(() => {
    const keys = asked.columns;
    if (keys === undefined) return columns.filter((column) => column.default);
    return keys.flatMap((key) => columns.find((column) => column.key === key) ?? []);
  }, [asked.columns, columns]);
  const change = useCallback(
    (part: Partial<Record<keyof ContactsSearch, unknown>>) => {
      const turned = "page" in part || "create" in part ? {} : { page: undefined };
      void navigate({
        to: "/contacts",
        search: (before) => contactsSearch({ ...before, ...turned, ...part }),
        replace: true,
      });
    },
    [navigate],
  );
  const changed =
    view !== undefined &&
    [search.q, search.filter, search.sort, search.columns].some((part) => part !== undefined);
  return { asked, columns, shown, view, changed, change };
}
