/** Reckon days in a time zone. Pure. */

/** The instant (epoch milliseconds) at which the day of `at` began in `zone`. */
export function dayStart(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  const offset = local - Math.floor(at / 1000) * 1000;
  return Date.UTC(of("year"), of("month") - 1, of("day")) - offset;
}

/** The local date of an instant, as 2026-11-11. */
export function dateOf(at: number, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}
