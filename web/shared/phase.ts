/** Tell which moment of the festival everybody waits for. */
import type { ScreenFestival, ScreenPhase } from "./screen-types";

export interface AwaitedMoment {
  /** Whether the phase begins or ends at `at`. */
  what: "starts" | "ends";
  phase: ScreenPhase;
  /** Epoch milliseconds. */
  at: number;
}

/** The next opening if something opens next; otherwise the end of what is open now; null when nothing is left to wait for. */
export function awaitedMoment(festival: ScreenFestival | null): AwaitedMoment | null {
  if (!festival) return null;
  const { phase, next_phase: next } = festival;
  const opens = next !== null && (next.kind === "sale" || next.kind === "warm_up");
  if (next && (opens || !isOpen(phase))) return moment("starts", next, next.starts_at);
  return phase && isOpen(phase) ? moment("ends", phase, phase.ends_at) : null;
}

function isOpen(phase: ScreenPhase | null): boolean {
  return phase?.kind === "sale" || phase?.kind === "warm_up";
}

function moment(what: AwaitedMoment["what"], phase: ScreenPhase, instant: string): AwaitedMoment | null {
  const at = Date.parse(instant);
  return Number.isNaN(at) ? null : { what, phase, at };
}
