/** What the addresses of the contacts' pages hold, and what the table is asked for. Pure. */

import type { Predicate } from "@/components/predicate";
import type { Schema } from "@/lib/api";

export type Contact = Schema<"ContactDetail">;
export type Column = Schema<"Column">;
export type Job = Schema<"ContactJob">;
export type SavedView = Schema<"ContactView">;

export const PAGE_SIZE = 50;
/** What can be shown of a timeline alone. */
export const KINDS = [
  "message",
  "conversation",
  "contact",
  "consent",
  "tag",
  "segment",
  "note",
  "workflow",
  "other",
] as const;
export type Kind = (typeof KINDS)[number];

export interface ContactsSearch {
  readonly q?: string;
  readonly filter?: Predicate;
  /** Keys of columns, with `-` in front for descending. */
  readonly sort?: string;
  readonly page?: number;
  /** The id of a saved view. */
  readonly view?: string;
  /** The columns to show, by their keys, where they are not the view's. */
  readonly columns?: readonly string[];
  /** The form for a new contact is open. */
  readonly create?: boolean;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const filled = (value: unknown): value is string => typeof value === "string" && value !== "";

export function contactsSearch(given: Record<string, unknown>): ContactsSearch {
  const { q, filter, sort, page, view, columns, create } = given;
  return {
    ...(filled(q) && { q }),
    // What is no predicate is refused by the API with the place named, and shown as an error of the filter.
    ...(isRecord(filter) && Object.keys(filter).length > 0 && { filter: filter as unknown as Predicate }),
    ...(filled(sort) && { sort }),
    ...(typeof page === "number" && page > 1 && { page: Math.floor(page) }),
    ...(filled(view) && { view }),
    ...(Array.isArray(columns) && columns.length > 0 && { columns: columns.filter(filled) }),
    ...(create === true && { create }),
  };
}

export interface ProfileSearch {
  readonly tab?: "conversations" | "notes" | "executions";
  readonly kind?: readonly Kind[];
}

const TABS = ["conversations", "notes", "executions"] as const;

export function profileSearch({ tab, kind }: Record<string, unknown>): ProfileSearch {
  const found = TABS.find((each) => each === tab);
  const kinds = Array.isArray(kind) ? KINDS.filter((each) => kind.includes(each)) : [];
  return { ...(found && { tab: found }), ...(kinds.length > 0 && { kind: kinds }) };
}

export interface SegmentSearch {
  /** What a new segment begins with. */
  readonly predicate?: Predicate;
}

export function segmentSearch({ predicate }: Record<string, unknown>): SegmentSearch {
  return isRecord(predicate) ? { predicate: predicate as unknown as Predicate } : {};
}

/** The ordering after a click on a column's head: ascending, descending, none. */
export function nextSort(key: string, sort: string | undefined): string | undefined {
  if (sort === key) return `-${key}`;
  return sort === `-${key}` ? undefined : key;
}

export type Direction = "ascending" | "descending" | "none";

export function directionOf(key: string, sort: string | undefined): Direction {
  if (sort === key) return "ascending";
  return sort === `-${key}` ? "descending" : "none";
}

/** A predicate that asks for nothing is none. */
export function isEmpty(predicate: Predicate | null | undefined): boolean {
  if (!predicate) return true;
  if ("all" in predicate) return predicate.all.length === 0;
  return "any" in predicate && predicate.any.length === 0;
}

/** How many comparisons a predicate has, for the sign at the filter's button. */
export function lines(predicate: Predicate | null | undefined): number {
  if (!predicate) return 0;
  if ("all" in predicate) return predicate.all.reduce((sum, child) => sum + lines(child), 0);
  if ("any" in predicate) return predicate.any.reduce((sum, child) => sum + lines(child), 0);
  return "not" in predicate ? lines(predicate.not) : 1;
}

/** What is asked of the API for the table. */
export function queryOf(search: ContactsSearch): Schema<"ContactQueryRequest"> {
  return {
    search: search.q ?? "",
    page: search.page ?? 1,
    page_size: PAGE_SIZE,
    ...(!isEmpty(search.filter) && { predicate: search.filter }),
    ...(search.sort !== undefined && { ordering: [search.sort] }),
  };
}

/** What a column holds of a contact: a text, a number, yes or no, texts; `null` for nothing. */
export function valueOf(
  contact: Contact,
  column: Column,
): string | number | boolean | readonly string[] | null {
  if (column.custom) return contact.custom[column.key.replace(/^custom\./, "")] ?? null;
  if (column.key === "opted_out") return contact.opted_out_at !== null;
  const value = (contact as unknown as Readonly<Record<string, unknown>>)[column.key];
  if (Array.isArray(value)) return value.map(String);
  return typeof value === "string" || typeof value === "number" ? value : null;
}

/** What a contact is called where it has no name. */
export function titleOf(contact: { name: string; phone: string; email: string; external_id: string | null }) {
  return contact.name || contact.phone || contact.email || contact.external_id || "";
}

/** The errors of a filter as the builder wants them: within the predicate. */
export function withinPredicate(fields: Readonly<Record<string, readonly string[]>>) {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([place]) => place === "predicate" || place.startsWith("predicate."))
      .map(([place, said]) => [place.replace(/^predicate\.?/, ""), said]),
  );
}
