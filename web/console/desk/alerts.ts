/** Choose which budget alerts to show. Pure. */
import type { Schema } from "@shared/api/client";

/** Of each coupon and measure the highest percent only. Pure. */
export function newestOfEach(items: readonly Schema<"BudgetAlert">[]): Schema<"BudgetAlert">[] {
  const best = new Map<string, Schema<"BudgetAlert">>();
  for (const one of items) {
    const key = one.coupon_id + one.measure;
    const known = best.get(key);
    if (!known || one.percent > known.percent) best.set(key, one);
  }
  return [...best.values()];
}
