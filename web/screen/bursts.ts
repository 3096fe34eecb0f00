/** Decide what the wall celebrates: a sale that opens, a round sum that is reached. Pure; the page shows one after the other. */
import type { ScreenPhase, ScreenRecord, ScreenTotals } from "@shared/screen-types";

export type Burst = { kind: "opening"; phase: ScreenPhase } | { kind: "record"; record: ScreenRecord; currency: string };

/** Name what is new between two messages. A screen that was just switched on celebrates nothing of the past. */
export function newBursts(before: ScreenTotals | null, now: ScreenTotals): Burst[] {
  if (before === null || before.festival?.festival_id !== now.festival?.festival_id) return [];
  const bursts: Burst[] = [];
  const phase = now.festival?.phase ?? null;
  const earlier = before.festival?.phase ?? null;
  if (phase?.kind === "sale" && earlier && earlier.starts_at !== phase.starts_at) bursts.push({ kind: "opening", phase });
  const known = new Set(before.records.map((record) => record.threshold_minor));
  const fresh = now.records.filter((record) => !known.has(record.threshold_minor));
  const largest = fresh.sort((a, b) => b.threshold_minor - a.threshold_minor)[0];
  if (largest && before.currency === now.currency) bursts.push({ kind: "record", record: largest, currency: now.currency });
  return bursts;
}

export interface Elapsed {
  hours: number;
  minutes: number;
  seconds: number;
}

export function elapsed(seconds: number): Elapsed {
  return { hours: Math.floor(seconds / 3600), minutes: Math.floor(seconds / 60) % 60, seconds: Math.floor(seconds) % 60 };
}
