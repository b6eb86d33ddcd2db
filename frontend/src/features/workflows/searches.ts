/** What the addresses of the pages about workflows hold: filters, what is open, periods. Pure. */

import type { Schema } from "@/lib/api";
import { numberIn, oneOf, present, textIn } from "@/lib/search";

type Status = Schema<"WorkflowStatusEnum">;

const STATUSES: readonly Status[] = ["active", "paused", "draft"];
const ORDERS = ["-updated_at", "name", "-created_at"] as const;
export const PERIODS = [7, 30, 90] as const;

type Order = (typeof ORDERS)[number];
type Period = (typeof PERIODS)[number];

type Given = Record<string, unknown>;

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
