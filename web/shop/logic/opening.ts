/** Write a store's weekly hours: days with the same hours together, today told apart; pure. */
import type { Locale } from "@shared/locale";
import { weekdayWords } from "./usable-hours";

export interface Opening {
  weekday: number;
  opens: string;
  closes: string;
}

export interface HoursRow {
  days: string;
  times: string;
  isToday: boolean;
}

/** `today` is 1 for Monday. Days without hours are closed and are told as such by being left out of every row. */
export function hoursRows(hours: readonly Opening[], today: number, locale: Locale): HoursRow[] {
  const byDay = new Map<number, string[]>();
  for (const one of hours) byDay.set(one.weekday, [...(byDay.get(one.weekday) ?? []), `${one.opens}–${one.closes}`]);
  const rows = new Map<string, number[]>();
  for (const [day, times] of [...byDay].sort(([a], [b]) => a - b)) {
    const key = times.join(" ");
    rows.set(key, [...(rows.get(key) ?? []), day]);
  }
  const everyDay = locale === "en" ? "Every day" : "每天";
  return [...rows].map(([times, days]) => ({ days: weekdayWords(days, locale) || everyDay, times, isToday: days.includes(today) }));
}

/** The weekday (1 is Monday) of an instant in a zone. */
export function weekdayAt(instantMs: number, zone: string): number {
  const name = new Intl.DateTimeFormat("en", { weekday: "short", timeZone: zone }).format(instantMs);
  return ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(name) + 1;
}
