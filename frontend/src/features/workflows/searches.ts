/** What the addresses of the pages about workflows hold: filters, what is open, periods. Pure. */

import type { Schema } from "@/lib/api";

type Status = Schema<"WorkflowStatusEnum">;

const STATUSES: readonly Status[] = ["active", "paused", "draft"];
const ORDERS = ["-updated_at", "name", "-created_at"] as const;
export const PERIODS = [7, 30, 90] as const;

type Order = (typeof ORDERS)[number];
export type Period = (typeof PERIODS)[number];

type Given = Record<string, unknown>;

/** The one of `known` that was given. */
function oneOf<Value>(known: readonly Value[], given: unknown): Value | undefined {
  return known.find((each) => each === given);
}

function textIn(given: unknown): string | undefined {
  // The router reads a search for "7" as a number.
  const text = typeof given === "number" ? String(given) : given;
  return typeof text === "string" && text !== "" ? text : undefined;
}

function numberIn(given: unknown, least = 1): number | undefined {
  return typeof given === "number" && Number.isInteger(given) && given >= least ? given : undefined;
}

/** Without what is not there, so that addresses stay short. */
function present<Found extends object>(found: Found): Partial<{ [Key in keyof Found]: NonNullable<Found[Key]> }> {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Partial<{
    // Only members without a value are gone.
    [Key in keyof Found]: NonNullable<Found[Key]>;
  }>;
}

export interface ListSearch {
  status?: Status;
  search?: string;
  order?: Order;
  page?: number;
}

export function listSearch(given: Given): ListSearch {
  return present({
    status: oneOf(STATUSES, given.status),
    search: textIn(given.search),
    order: oneOf(ORDERS, given.order),
    page: numberIn(given.page, 2),
  });
}

export interface GallerySearch {
  category?: string;
  search?: string;
  /** The slug of the template that is looked at. */
  template?: string;
}

export function gallerySearch(given: Given): GallerySearch {
  return present({
    category: textIn(given.category),
    search: textIn(given.search),
    template: textIn(given.template),
  });
}

export interface VersionsSearch {
  /** The number of the version that is looked at. */
  version?: number;
  /** What it is compared with: another number; the version before it when left out. */
  against?: number;
}

export function versionsSearch(given: Given): VersionsSearch {
  return present({ version: numberIn(given.version), against: numberIn(given.against) });
}

export interface StatisticsSearch {
  days?: Period;
  version?: number;
}

export function statisticsSearch(given: Given): StatisticsSearch {
  return present({ days: oneOf(PERIODS, given.days), version: numberIn(given.version) });
}
