/** Lay phases out on a calendar: weeks of days, and bars in lanes so that overlaps stand below each other and gaps are seen. Pure. */
import { toInstant, toLocal } from "../zone-time";

export interface Span {
  key: string;
  starts_at: string;
  ends_at: string;
}

export interface Bar<T extends Span> {
  span: T;
  /** The column of its first day in this week, 0 is Monday, and how many days it covers. */
  column: number;
  days: number;
  lane: number;
  /** It begins or ends in this week, not before or after. */
  begins: boolean;
  ends: boolean;
}

export interface Week<T extends Span> {
  /** The local dates of its seven days, Monday first. */
  days: string[];
  bars: Bar<T>[];
  lanes: number;
}

const DAY_MS = 86_400_000;

/** The local date of an instant: "2026-11-11". */
export function dateOf(instant: string | number, zone: string): string {
  return toLocal(instant, zone).slice(0, 10);
}

/** Move a date by days. */
export function moved(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The Monday of a date's week. */
export function monday(date: string): string {
  const weekday = new Date(`${date}T12:00:00Z`).getUTCDay();
  return moved(date, -((weekday + 6) % 7));
}

/** The weeks that hold a month ("2026-11"). */
export function weeksOf(month: string): string[][] {
  const weeks: string[][] = [];
  for (let start = monday(`${month}-01`); start.slice(0, 7) <= month; start = moved(start, 7)) weeks.push(Array.from({ length: 7 }, (_, day) => moved(start, day)));
  return weeks;
}

/** Lay spans over weeks; the end is exclusive, so a span that ends at midnight does not touch the day it ends on. */
export function layOut<T extends Span>(spans: readonly T[], weeks: readonly string[][], zone: string): Week<T>[] {
  const dated = [...spans]
    .sort((a, b) => a.starts_at.localeCompare(b.starts_at) || b.ends_at.localeCompare(a.ends_at))
    .map((span) => ({ span, from: dateOf(span.starts_at, zone), to: dateOf(Date.parse(span.ends_at) - 1, zone) }));
  return weeks.map((days) => {
    const first = days[0] ?? "";
    const last = days[6] ?? "";
    const free: string[] = [];
    const bars = dated
      .filter((one) => one.from <= last && one.to >= first)
      .map((one) => {
        const from = one.from < first ? first : one.from;
        const to = one.to > last ? last : one.to;
        let lane = free.findIndex((until) => until < from);
        if (lane < 0) lane = free.length;
        free[lane] = to;
        return { span: one.span, column: days.indexOf(from), days: days.indexOf(to) - days.indexOf(from) + 1, lane, begins: one.from >= first, ends: one.to <= last };
      });
    return { days, bars, lanes: free.length };
  });
}

/** The holes between phases of one festival. */
export function gaps(phases: readonly { starts_at: string; ends_at: string }[]): { starts_at: string; ends_at: string }[] {
  const sorted = [...phases].sort((a, b) => a.starts_at.localeCompare(b.starts_at));
  const found: { starts_at: string; ends_at: string }[] = [];
  let until = sorted[0]?.ends_at ?? "";
  for (const phase of sorted.slice(1)) {
    if (Date.parse(phase.starts_at) > Date.parse(until)) found.push({ starts_at: until, ends_at: phase.starts_at });
    if (Date.parse(phase.ends_at) > Date.parse(until)) until = phase.ends_at;
  }
  return found;
}

/** The pairs of phases that run at the same time. */
export function overlaps<T extends { starts_at: string; ends_at: string }>(phases: readonly T[]): [T, T][] {
  const sorted = [...phases].sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at));
  return sorted.flatMap((one, place) => sorted.slice(place + 1).filter((other) => Date.parse(other.starts_at) < Date.parse(one.ends_at)).map((other): [T, T] => [one, other]));
}

/** Midnight of a local date, as an instant. */
export function midnight(date: string, zone: string): string {
  return toInstant(`${date}T00:00:00`, zone);
}
