/** Tell which moment shoppers wait for, and what the present phase means for them; pure. */
export interface PhaseLike {
  kind: string;
  name: string;
  name_en: string;
  starts_at: string;
  ends_at: string;
}

export interface Awaited {
  /** Whether the phase begins or ends at `at`. */
  what: "starts" | "ends";
  phase: PhaseLike;
  at: string;
}

const SELLING = new Set(["sale", "presale_deposit", "presale_balance", "return_coupon"]);

/** While something is sold: its end. Otherwise the next phase to start; null when nothing is left to wait for. */
export function awaited(phases: readonly PhaseLike[], nowMs: number): Awaited | null {
  const on = phases.find((one) => Date.parse(one.starts_at) <= nowMs && nowMs < Date.parse(one.ends_at));
  if (on && SELLING.has(on.kind)) return { what: "ends", phase: on, at: on.ends_at };
  const next = phases.filter((one) => Date.parse(one.starts_at) > nowMs).sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at))[0];
  if (next) return { what: "starts", phase: next, at: next.starts_at };
  return on ? { what: "ends", phase: on, at: on.ends_at } : null;
}
