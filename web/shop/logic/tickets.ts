/** Tell what a coupon's face says and what its button does, from what the API told; pure. */
import { offerMoney } from "@shared/format";
import type { Locale } from "@shared/locale";

export interface Face {
  /** "¥50", "8折", "20%". */
  big: string;
  /** What stands under it: the threshold or the cap, as an amount in minor units; null for none. */
  from_minor: number | null;
  most_minor: number | null;
}

export interface Ticket {
  kind: "fixed" | "threshold" | "percent" | "exchange";
  currency: string;
  face_minor: number;
  threshold_minor: number;
  rate_bp?: number | null;
}

export function face(ticket: Ticket, locale: Locale): Face {
  const from = ticket.threshold_minor > 0 ? ticket.threshold_minor : null;
  if (ticket.kind === "percent" && ticket.rate_bp) {
    return { big: percent(ticket.rate_bp, locale), from_minor: from, most_minor: ticket.face_minor };
  }
  return { big: offerMoney(ticket.face_minor, ticket.currency, locale), from_minor: from, most_minor: null };
}

/** 2000 is 八折 in Chinese (eight tenths are paid), 20 % off in English. */
function percent(rateBp: number, locale: Locale): string {
  if (locale === "en") return `${rateBp / 100}%`;
  return `${(10_000 - rateBp) / 1000}折`;
}

/** What the button of a coupon on offer says. */
export type Step = "claim" | "use" | "soon" | "gone" | "closed";

export interface OnOffer {
  claimable: boolean;
  left_count: number;
  per_member_max: number;
  opens_at?: string | null;
  why_not?: string | null;
}

const GONE = new Set(["sold_out", "budget_spent"]);

/** `unused` copies go first: what one has can be used; more can be taken until the limit. */
export function step(coupon: OnOffer, unusedCount: number, limitReached: boolean): Step {
  if (unusedCount >= coupon.per_member_max || (unusedCount > 0 && !coupon.claimable)) return "use";
  if (limitReached) return unusedCount > 0 ? "use" : "closed";
  if (coupon.claimable) return "claim";
  if (coupon.opens_at) return "soon";
  return GONE.has(coupon.why_not ?? "") || coupon.left_count === 0 ? "gone" : "closed";
}

/** Share that is gone, 0 to 100, rounded down so that 100 means gone. */
export function gonePercent(coupon: { left_count: number; quantity_max: number }): number {
  if (coupon.quantity_max <= 0) return 0;
  return Math.min(100, Math.floor(((coupon.quantity_max - coupon.left_count) * 100) / coupon.quantity_max));
}
