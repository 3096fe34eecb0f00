/**
 * Tell what a coupon does to a sample cart, so that whoever writes its terms sees a price at once. Pure; it follows the engine's rules for one
 * coupon (threshold on covered goods, percent floored and capped, the least to pay), and nothing else. Source: R9, R12, R32.
 */
export interface PricedTerms {
  kind: "fixed" | "percent" | "threshold" | "exchange";
  amount_minor?: number | null;
  rate_bp?: number | null;
  cap_minor?: number | null;
  threshold_minor?: number;
  exchange_price_minor?: number | null;
  min_payable_minor?: number;
}

export interface SamplePrice {
  discount: number;
  pay: number;
  /** What is missing to the threshold; 0 when it is reached. */
  missing: number;
  /** Why nothing comes off, if so. */
  why: "below_threshold" | "no_effect" | null;
}

/** `goods` is what the covered goods cost, in minor units; for an exchange coupon `item` is the price of the item it is for. */
export function samplePrice(terms: PricedTerms, goods: number, item = 0): SamplePrice {
  const threshold = terms.threshold_minor ?? 0;
  const whole = goods + (terms.kind === "exchange" ? item : 0);
  if (goods < threshold) return { discount: 0, pay: whole, missing: threshold - goods, why: "below_threshold" };
  const most = Math.max(0, whole - (terms.min_payable_minor ?? 1));
  const discount = Math.min(off(terms, goods, item), most);
  return { discount, pay: whole - discount, missing: 0, why: discount > 0 ? null : "no_effect" };
}

function off(terms: PricedTerms, goods: number, item: number): number {
  if (terms.kind === "percent") return Math.min(Math.floor((goods * (terms.rate_bp ?? 0)) / 10_000), terms.cap_minor ?? 0);
  if (terms.kind === "exchange") return Math.max(0, Math.min(item - (terms.exchange_price_minor ?? 0), terms.cap_minor ?? 0));
  return Math.min(terms.amount_minor ?? 0, goods);
}
