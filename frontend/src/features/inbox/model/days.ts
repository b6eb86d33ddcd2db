/** The calendar day of a moment. Pure. */

/** A function to the day, such as `2026-03-21`, on the clock of the zone. */
export function dayFormat(timeZone: string): (moment: string) => string {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  return (moment) => format.format(new Date(moment));
}
