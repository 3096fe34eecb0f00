/** Edit weekly hours day by day: what the API keeps as openings, people read as seven rows. Pure. */
import type { Schema } from "@shared/api/client";

export type Opening = Schema<"Opening">;
export const KINDS = ["restaurant", "convenience", "supermarket", "department", "other"] as const;
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

export interface DayHours {
  weekday: number;
  spans: { opens: string; closes: string }[];
}

/** Seven rows, Monday first; a day without spans is closed. No openings at all means around the clock. */
export function toDays(openings: readonly Opening[]): DayHours[] {
  return WEEKDAYS.map((weekday) => ({
    weekday,
    spans: openings
      .filter((opening) => opening.weekday === weekday)
      .map(({ opens, closes }) => ({ opens, closes }))
      .sort((a, b) => a.opens.localeCompare(b.opens)),
  }));
}

export function toOpenings(days: readonly DayHours[]): Opening[] {
  return days.flatMap((day) => day.spans.map((span) => ({ weekday: day.weekday, ...span })));
}

/** Give every day the hours of `weekday`. */
export function copyToAll(days: readonly DayHours[], weekday: number): DayHours[] {
  const from = days.find((day) => day.weekday === weekday)?.spans ?? [];
  return days.map((day) => ({ weekday: day.weekday, spans: from.map((span) => ({ ...span })) }));
}
