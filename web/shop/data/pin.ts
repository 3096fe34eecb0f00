/** Know what the payment PIN's refusals ask of a person. */
import { ApiError } from "@shared/api/problem";

export type PinAsk = { kind: "ask" } | { kind: "wrong"; left: number } | { kind: "locked"; text: string } | null;

/** Read a refusal: the PIN is wanted, was wrong, or is locked; null for anything else. */
export function pinAsk(error: unknown): PinAsk {
  if (!(error instanceof ApiError)) return null;
  if (error.code === "pin_required") return { kind: "ask" };
  if (error.code === "wrong_payment_pin") return { kind: "wrong", left: Number(error.problem.details["tries_left"] ?? 0) };
  return error.code === "pin_locked" ? { kind: "locked", text: error.problem.detail } : null;
}
