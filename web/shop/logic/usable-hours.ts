/** Write the hours in which a coupon can be used: "周一至周五 11:00-14:00". */
import type { Locale } from "@shared/locale";

export interface Hours {
  from_minute?: number;
  to_minute?: number;
  /** 1 is Monday. */
  weekdays?: readonly number[];
}

const DAYS: Record<Locale, readonly string[]> = {
  "zh-CN": ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
  en: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
};

export function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** Name weekdays: a run by its ends, others one by one; all of them is empty. */
export function weekdayWords(days: readonly number[], locale: Locale): string {
  const sorted = [...new Set(days)].sort((a, b) => a - b);
  if (sorted.length === 0 || sorted.length === 7) return "";
  const name = (day: number | undefined): string => DAYS[locale][(day ?? 1) - 1] ?? "";
  const isRun = sorted.length > 2 && sorted.every((day, n) => day === (sorted[0] ?? 0) + n);
  if (isRun) return `${name(sorted[0])}${locale === "en" ? "–" : "至"}${name(sorted.at(-1))}`;
  return sorted.map(name).join(locale === "en" ? ", " : "、");
}

export function hoursLines(hours: readonly Hours[], locale: Locale): string[] {
  return hours.map(({ from_minute = 0, to_minute = 1440, weekdays = [] }) => `${weekdayWords(weekdays, locale)} ${clock(from_minute)}-${clock(to_minute)}`.trim());
}
