/** The most telling part of an event's data, in a line. Pure. */

/** Where people's words stand, the most telling first. */
const TELLING = ["content", "text", "tag", "title", "name", "error", "status", "total"];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-/i;

function sayable(value: unknown): value is string | number {
  return (typeof value === "string" && value !== "" && !UUID.test(value)) || typeof value === "number";
}

export function gistOf(data: unknown): string {
  if (typeof data !== "object" || data === null) return "";
  const entries: [string, unknown][] = Object.entries(data);
  const telling = TELLING.map((key) => entries.find(([name]) => name === key)?.[1]).find(sayable);
  if (telling !== undefined) return String(telling);
  return entries
    .filter(([, value]) => sayable(value))
    .slice(0, 3)
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join(" · ");
}
