/** Know what the cards' goods cost with the coupons that anyone can claim now; asked for once a card, after the cards are drawn. */
import { shallowReactive } from "vue";
import { ownTask } from "@shared/turns";
import { answer, api, type Schema } from "./api";

export type Estimate = Schema<"Estimate">;
const known = shallowReactive(new Map<string, Estimate>());
const asked = new Set<string>();
const AT_ONCE = 40;
const DRAWN_AT_ONCE = 4;

export const estimateOf = (skuId: string | null): Estimate | null => (skuId ? (known.get(skuId) ?? null) : null);

/** Ask for those that are not known yet. A card without an estimate shows its price as it is. */
export async function readEstimates(skuIds: readonly (string | null)[]): Promise<void> {
  const fresh = skuIds.filter((one): one is string => one !== null && !asked.has(one));
  for (let at = 0; at < fresh.length; at += AT_ONCE) {
    const some = fresh.slice(at, at + AT_ONCE);
    for (const one of some) asked.add(one);
    try {
      const found = await answer(api.GET("/v1/estimates", { params: { query: { sku_ids: some.join(",") } } }));
      for (const [n, one] of found.items.entries()) {
        // Each estimate draws its card anew: all of them in one task would keep a finger on the feed waiting.
        if (n > 0 && n % DRAWN_AT_ONCE === 0) await ownTask();
        known.set(one.sku_id, one);
      }
    } catch {
      for (const one of some) asked.delete(one);
    }
  }
}
