/** What the audit's address holds: its filters. Pure. */

export interface AuditSearch {
  actor?: string;
  action?: string;
  type?: string;
  /** Days such as `2026-11-01`, both included. */
  from?: string;
  to?: string;
  q?: string;
  page?: number;
}

const TEXTS = ["actor", "action", "type", "q"] as const;
const DAYS = ["from", "to"] as const;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function auditSearch(given: Record<string, unknown>): AuditSearch {
  const search: AuditSearch = {};
  for (const name of TEXTS) {
    const value = given[name];
    if (typeof value === "string" && value !== "") search[name] = value;
  }
  for (const name of DAYS) {
    const value = given[name];
    if (typeof value === "string" && DAY.test(value)) search[name] = value;
  }
  const page = Math.trunc(Number(given.page));
  if (page > 1) search.page = page;
  return search;
}

/** The moment at which the clock of the zone shows the beginning of a day. */
export function startOfDay(day: string, timeZone: string): Date {
  const guess = new Date(`${day}T00:00:00Z`);
  const shown = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    dateStyle: "short",
    timeStyle: "medium",
    hourCycle: "h23",
  })
    .format(guess)
    .replace(", ", "T");
  return new Date(guess.getTime() - (Date.parse(`${shown}Z`) - guess.getTime()));
}

/** The day after. */
export function nextDay(day: string): string {
  const moment = new Date(`${day}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() + 1);
  return moment.toISOString().slice(0, 10);
}
