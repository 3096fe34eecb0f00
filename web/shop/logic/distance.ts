/** Write a distance as people say it. */
import type { Locale } from "@shared/locale";

export function distance(metres: number, locale: Locale): string {
  if (metres < 1000) return `${Math.max(10, Math.round(metres / 10) * 10)} ${locale === "en" ? "m" : "米"}`;
  const km = metres < 100_000 ? (metres / 1000).toFixed(1) : String(Math.round(metres / 1000));
  return `${km} ${locale === "en" ? "km" : "公里"}`;
}
