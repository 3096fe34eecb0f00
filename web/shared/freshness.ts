/** Decide whether what is on the screen may still be believed. Pure: the caller brings a steady clock in milliseconds. */
export const SILENT_AFTER_MS = 5000;
export const LATE_AFTER_MS = 5000;

/** What is known about the stream of totals at one moment. */
export interface Hearing {
  /** When the page began to listen, on the steady clock. */
  readonly startedAt: number;
  /** When the newest message arrived, on the steady clock; null before the first. */
  readonly heardAt: number | null;
  /** What that message said of itself. */
  readonly stale: boolean;
  readonly delayMs: number;
}

/**
 * `waiting`: nothing has come yet, and it is too early to worry. `live`: believe it. The others are interruptions:
 * `silent`: no message for five seconds. `stopped`: the server says that its count has stopped.
 * `late`: messages come, but the count runs more than five seconds behind.
 */
export type Freshness = "waiting" | "live" | "silent" | "stopped" | "late";

/** Judge in this order: silence first, because an old message's own words are no longer worth anything. */
export function judge(hearing: Hearing, at: number): Freshness {
  const since = hearing.heardAt ?? hearing.startedAt;
  if (at - since > SILENT_AFTER_MS) return "silent";
  if (hearing.heardAt === null) return "waiting";
  if (hearing.stale) return "stopped";
  if (hearing.delayMs > LATE_AFTER_MS) return "late";
  return "live";
}

export function isInterrupted(freshness: Freshness): boolean {
  return freshness === "silent" || freshness === "stopped" || freshness === "late";
}

/**
 * Name the instant that the banner gives as the last update: when the stream is silent, the server's clock in the last
 * message; when the count stands or lags, the newest event that was counted. Null when nothing ever came.
 */
export function lastUpdate(freshness: Freshness, now: string | null, asOf: string | null): string | null {
  return freshness === "silent" ? now : (asOf ?? now);
}
