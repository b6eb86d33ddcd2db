/** Numbers, dates and money as the reader's language and the tenant's country write them. */

import { useTranslation } from "react-i18next";

import { languageOf, type Language } from "./i18n";
import { useTenant } from "./session";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const SPANS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", DAY],
  ["hour", HOUR],
  ["minute", MINUTE],
];

/** The locale's tag: the language with the country's customs, such as `ar-DZ` (0–9) or `fa-IR` (۰–۹, Jalali dates). */
function localeOf(language: Language, region: string | undefined): string {
  if (language === "fa") return "fa-IR";
  if (language === "en") return "en-GB";
  return region === undefined || region === "" ? language : `${language}-${region}`;
}

type When = string | number | Date;

export interface Format {
  readonly locale: string;
  readonly number: (value: number, options?: Intl.NumberFormatOptions) => string;
  readonly percent: (share: number) => string;
  /** `amount` in the currency's main unit; the tenant's currency when none is named. */
  readonly money: (amount: number, currency?: string) => string;
  readonly date: (when: When) => string;
  readonly time: (when: When) => string;
  readonly dateTime: (when: When) => string;
  /** Today's as a time, this week's as a weekday, older ones as a date: for lists. */
  readonly short: (when: When) => string;
  /** "5 minutes ago"; dates for what is more than a week away. */
  readonly relative: (when: When, now?: number) => string;
  /** A length of time in milliseconds, in its two largest units. */
  readonly duration: (ms: number) => string;
  readonly list: (words: readonly string[]) => string;
}

export function formatFor(options: {
  language: Language;
  region?: string | undefined;
  timeZone?: string | undefined;
  currency?: string | undefined;
}): Format {
  const locale = localeOf(options.language, options.region);
  const timeZone = options.timeZone;
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone });
  const times = new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone });
  const both = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone });
  const weekdays = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone });
  const days = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone });
  const relatives = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

  function short(when: When): string {
    const moment = new Date(when);
    if (days.format(moment) === days.format(Date.now())) return times.format(moment);
    return Date.now() - moment.getTime() < 6 * DAY ? weekdays.format(moment) : dates.format(moment);
  }

  function relative(when: When, now = Date.now()): string {
    const away = new Date(when).getTime() - now;
    if (Math.abs(away) > 7 * DAY) return dates.format(new Date(when));
    const [unit, span] = SPANS.find(([, size]) => Math.abs(away) >= size) ?? (["second", 1000] as const);
    return relatives.format(Math.trunc(away / span), unit);
  }

  function duration(ms: number): string {
    const unit = (value: number, name: string): string =>
      new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short" }).format(value);
    if (ms < 1000) return unit(Math.round(ms), "millisecond");
    if (ms < MINUTE) return unit(Math.round(ms / 100) / 10, "second");
    const parts: string[] = [];
    let rest = ms;
    for (const [name, size] of [
      ["day", DAY],
      ["hour", HOUR],
      ["minute", MINUTE],
      ["second", 1000],
    ] as const) {
      const whole = Math.floor(rest / size);
      rest -= whole * size;
      if (whole > 0 && parts.length < 2) parts.push(unit(whole, name));
    }
    return parts.join(" ");
  }

  return {
    locale,
    number: (value, how) => new Intl.NumberFormat(locale, how).format(value),
    percent: (share) =>
      new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(share),
    money: (amount, currency = options.currency ?? "DZD") =>
      new Intl.NumberFormat(locale, {
        style: "currency",
        currency,
        maximumFractionDigits: amount % 1 ? 2 : 0,
      }).format(amount),
    date: (when) => dates.format(new Date(when)),
    time: (when) => times.format(new Date(when)),
    dateTime: (when) => both.format(new Date(when)),
    short,
    relative,
    duration,
    list: (words) => new Intl.ListFormat(locale).format(words),
  };
}

// Making formats is slow, and every row of a list asks for one.
const made = new Map<string, Format>();

/** How to write numbers, dates and the like for who is signed in. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  const { region, timezone: timeZone, currency } = useTenant();
  const language = languageOf(i18n.language);
  const key = [language, region, timeZone, currency].join();
  const format = made.get(key) ?? formatFor({ language, region, timeZone, currency });
  made.set(key, format);
  return format;
}
