/** What the inbox's list is narrowed by: as the address holds it, as the API takes it, as saved views keep it. Pure. */

import type { Schema } from "@/lib/api";

import type { Status } from "./types";

const CONTROLS = ["bot", "human", "workflow"] as const;
const BUILT_IN = ["mine", "unassigned", "all"] as const;

export type Control = (typeof CONTROLS)[number];
export type BuiltIn = (typeof BUILT_IN)[number];
/** Which conversations by where they stand: `open` holds those that wait for the customer too. */
export type Stage = "open" | "snoozed" | "closed" | "any";
export const STAGES: readonly Stage[] = ["open", "snoozed", "closed", "any"];

export interface InboxSearch {
  /** One of the built-in views, or the id of a saved one. */
  readonly view?: string;
  readonly stage?: Stage;
  readonly q?: string;
  readonly channel?: readonly string[];
  readonly label?: readonly string[];
  readonly control?: readonly Control[];
  /** A member's user id, where the view does not say whose. */
  readonly assignee?: string;
  readonly unread?: boolean;
}

/** The list's filters, as the API takes them; what is not set is not there. */
export interface Filters {
  readonly status?: Status[];
  readonly assignee?: string;
  readonly channel?: string[];
  readonly provider?: string[];
  readonly label?: string[];
  readonly control?: Control[];
  readonly unread?: boolean;
  readonly snoozed?: boolean;
  readonly contact?: string;
  readonly search?: string;
}

/** The same, as saved views hold them. */
type SavedFilters = Schema<"ConversationFilters">;

export function savedFilters(filters: Filters): SavedFilters {
  return { assignee: null, unread: null, snoozed: null, contact: null, search: "", ...filters };
}

function ofSaved(saved: Partial<SavedFilters>): Filters {
  const { assignee, unread, snoozed, contact, search, ...lists } = saved;
  return {
    ...lists,
    ...(assignee != null && { assignee }),
    ...(unread != null && { unread }),
    ...(snoozed != null && { snoozed }),
    ...(contact != null && { contact }),
    ...(search != null && search !== "" && { search }),
  };
}

const OF_STAGE: Readonly<Record<Stage, Status[]>> = {
  open: ["open", "pending"],
  snoozed: ["snoozed"],
  closed: ["closed"],
  any: [],
};

const OF_VIEW: Readonly<Record<BuiltIn, Filters>> = {
  mine: { assignee: "me" },
  unassigned: { assignee: "none" },
  all: {},
};

export function isBuiltIn(view: string): view is BuiltIn {
  return (BUILT_IN as readonly string[]).includes(view);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function listOf(value: unknown): string[] | undefined {
  const found = (Array.isArray(value) ? value : [value]).flatMap((each) => textOf(each) ?? []);
  return found.length > 0 ? found : undefined;
}

/** What an address asks for; what makes no sense in it is left out. */
export function searchOf(given: Record<string, unknown>): InboxSearch {
  const stage = STAGES.find((each) => each === given.stage);
  const control = listOf(given.control)?.filter((each): each is Control =>
    (CONTROLS as readonly string[]).includes(each),
  );
  const [view, q, assignee] = [textOf(given.view), textOf(given.q), textOf(given.assignee)];
  const [channel, label] = [listOf(given.channel), listOf(given.label)];
  return {
    ...(view !== undefined && { view }),
    ...(stage !== undefined && stage !== "open" && { stage }),
    ...(q !== undefined && { q }),
    ...(channel !== undefined && { channel }),
    ...(label !== undefined && { label }),
    ...(control !== undefined && control.length > 0 && { control }),
    ...(assignee !== undefined && { assignee }),
    ...(given.unread === true && { unread: true }),
  };
}

/** The API's filters for an address; `saved` are those of the saved view that it names. Own choices go before the view's. */
export function filtersOf(search: InboxSearch, saved: Partial<SavedFilters> | undefined): Filters {
  const view = search.view ?? "all";
  const base: Filters = isBuiltIn(view) ? OF_VIEW[view] : ofSaved(saved ?? {});
  const staged =
    search.stage ?? (base.status === undefined && base.snoozed === undefined ? "open" : undefined);
  const status = staged === undefined ? undefined : OF_STAGE[staged];
  return {
    ...base,
    ...(status !== undefined && status.length > 0 && { status }),
    ...(search.channel !== undefined && { channel: [...search.channel] }),
    ...(search.label !== undefined && { label: [...search.label] }),
    ...(search.control !== undefined && { control: [...search.control] }),
    ...(search.assignee !== undefined && { assignee: search.assignee }),
    ...(search.unread === true && { unread: true }),
    ...(search.q !== undefined && { search: search.q }),
  };
}

/** How many of the popover's filters are set. */
export function filterCount(search: InboxSearch): number {
  return [search.channel, search.label, search.control, search.assignee, search.unread].filter(
    (each) => each !== undefined,
  ).length;
}

/** An address without the popover's filters and the search. */
export function withoutFilters(search: InboxSearch): InboxSearch {
  return {
    ...(search.view !== undefined && { view: search.view }),
    ...(search.stage !== undefined && { stage: search.stage }),
  };
}
