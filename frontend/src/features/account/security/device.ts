/** What a browser's long name says in two words: "Firefox · Android". */

/** The first that matches is it: many browsers call themselves by others' names too. */
const BROWSERS = [
  ["Edg", "Edge"],
  ["OPR/", "Opera"],
  ["SamsungBrowser", "Samsung Internet"],
  ["Firefox", "Firefox"],
  ["FxiOS", "Firefox"],
  ["CriOS", "Chrome"],
  ["Chrome", "Chrome"],
  ["Safari", "Safari"],
] as const;

const SYSTEMS = [
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Android", "Android"],
  ["Windows", "Windows"],
  ["CrOS", "ChromeOS"],
  ["Mac OS X", "Mac"],
  ["Linux", "Linux"],
] as const;

const PHONES: ReadonlySet<string> = new Set(["iPhone", "Android"]);

export interface Device {
  /** Empty when nothing is known. */
  readonly name: string;
  readonly isPhone: boolean;
}

export function deviceOf(userAgent: string): Device {
  const find = (known: readonly (readonly [string, string])[]) =>
    known.find(([sign]) => userAgent.includes(sign))?.[1];
  const system = find(SYSTEMS);
  const name = [find(BROWSERS), system].filter((word) => word !== undefined).join(" · ");
  return { name: name === "" ? userAgent.slice(0, 40) : name, isPhone: PHONES.has(system ?? "") };
}
