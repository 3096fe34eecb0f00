/** Tell step by step how a price was reached, from a quote: before the festival, the festival, each offer and coupon, what is paid. */
export interface QuoteLike {
  gross_minor: number;
  total_minor: number;
  /** `claim_id` is null where an offer takes off, which `source_id` names. */
  discounts: readonly { claim_id: string | null; source_id: string; amount_minor: number }[];
}

export interface DealStep {
  kind: "list" | "before" | "festival" | "offer" | "coupon" | "total";
  /** What it takes off (negative), or the sum itself for "list", "before" and "total". */
  minor: number;
  /** The claim, or the offer. */
  id?: string;
}

/** `listMinor` is the lowest that the goods cost in the 30 days before, where that is more than now. The steps always sum to the total. */
export function dealSteps(quote: QuoteLike, listMinor: number): DealStep[] {
  const isLowered = listMinor > quote.gross_minor;
  const steps: DealStep[] = [{ kind: isLowered ? "before" : "list", minor: isLowered ? listMinor : quote.gross_minor }];
  if (isLowered) steps.push({ kind: "festival", minor: quote.gross_minor - listMinor });
  for (const one of quote.discounts) {
    steps.push({ kind: one.claim_id === null ? "offer" : "coupon", minor: -one.amount_minor, id: one.claim_id ?? one.source_id });
  }
  steps.push({ kind: "total", minor: quote.total_minor });
  return steps;
}
