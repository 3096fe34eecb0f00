/** Find out which stores of a shop have a thing now, the nearest first. */
import { answer, api } from "./api";
import { rememberStores, type StoreSeen } from "./names";

export interface Supply {
  seen: StoreSeen;
  free: number;
}

const WHOLE_COUNTRY_M = 1_000_000;

/** Every open store of the shop with what it has of the SKU; stores without any come last. */
export async function readSupply(skuId: string, merchantId: string, near: string): Promise<Supply[]> {
  const [nearby, all, free] = await Promise.all([
    answer(api.GET("/v1/stores", { params: { query: { merchant_id: merchantId, near, radius_m: WHOLE_COUNTRY_M, limit: 50 } } })),
    answer(api.GET("/v1/stores", { params: { query: { merchant_id: merchantId, limit: 100 } } })),
    answer(api.GET("/v1/skus/{sku_id}/availability", { params: { path: { sku_id: skuId }, query: { limit: 100 } } })),
  ]);
  const counts = new Map(free.items.map((one) => [one.store_id, one.free_online]));
  const known = new Set(nearby.items.map((one) => one.store.store_id));
  const seen = [...nearby.items, ...all.items.filter((one) => !known.has(one.store.store_id))];
  rememberStores(seen);
  const found = seen.filter((one) => one.store.status === "open").map((one) => ({ seen: one, free: counts.get(one.store.store_id) ?? 0 }));
  return [...found.filter((one) => one.free > 0), ...found.filter((one) => one.free <= 0)];
}
