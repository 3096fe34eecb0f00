/** Tell step by step how a price was reached, from a quote: before the festival, the festival, each coupon, what is paid. */
export interface QuoteLike {
  gross_minor: number;
  total_minor: number;
  discounts: readonly { claim_id: string; amount_minor: number }[];
}

export interface DealStep {
  kind: "list" | "festival" | "coupon" | "total";
  /** What it takes off (negative), or the sum itself for "list" and "total". */
  minor: number;
  claim_id?: string;
}

/** `listMinor` is what the goods cost without the festival. The steps always sum to the total. */
export function dealSteps(quote: QuoteLike, listMinor: number): DealStep[] {
  const steps: DealStep[] = [{ kind: "list", minor: Math.max(listMinor, quote.gross_minor) }];
  if (listMinor > quote.gross_minor) steps.push({ kind: "festival", minor: quote.gross_minor - listMinor });
  for (const one of quote.discounts) steps.push({ kind: "coupon", minor: -one.amount_minor, claim_id: one.claim_id });
  steps.push({ kind: "total", minor: quote.total_minor });
  return steps;
}
