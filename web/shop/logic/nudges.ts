/** Find what is worth a little more: coupons that miss only part of their threshold ("再买 ¥42 减 ¥50"); pure. */
export interface ChoiceLike {
  why_not?: string | null;
  left_minor?: number | null;
  claim: { merchant_id: string | null; face_minor: number; currency: string };
}

export interface Nudge {
  merchant_id: string | null;
  left_minor: number;
  off_minor: number;
  currency: string;
}

/** For each shop, and for the platform (null), the coupon that needs least; only where what is missing is below four times the discount. */
export function nudges(choices: readonly ChoiceLike[]): Nudge[] {
  const best = new Map<string | null, Nudge>();
  for (const { why_not, left_minor, claim } of choices) {
    if (why_not !== "below_threshold" || !left_minor || left_minor > claim.face_minor * 4) continue;
    const before = best.get(claim.merchant_id);
    if (before && before.left_minor <= left_minor) continue;
    best.set(claim.merchant_id, { merchant_id: claim.merchant_id, left_minor, off_minor: claim.face_minor, currency: claim.currency });
  }
  return [...best.values()];
}
