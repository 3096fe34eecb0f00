/** Look goods up: what was seen lately is kept, so that the second scan of a barcode waits for nobody. */
import { reactive } from "vue";
import { keep, kept } from "../lib/keep";
import { ask, isOffline, isSilence } from "./connection";
import { clerk, noteSession } from "./desk";
import type { Good } from "./basket";

const FRESH_MS = 60_000;
const seen = new Map<string, { good: Good; at: number }>();

/** What finds goods without the server; the offline side registers itself. */
export interface OfflineGoods {
  byGtin(gtin: string): Promise<Good | null>;
  search(text: string): Promise<Good[]>;
}
let offline: OfflineGoods | null = null;
export function setOfflineGoods(goods: OfflineGoods): void {
  offline = goods;
}

export async function goodByGtin(gtin: string): Promise<Good | null> {
  const known = seen.get(gtin);
  if (known && performance.now() - known.at < FRESH_MS) return known.good;
  if (isOffline.value && offline) return offline.byGtin(gtin);
  try {
    const [good] = await find(gtin);
    return good ?? null;
  } catch (error) {
    if (isSilence(error) && isOffline.value && offline) return offline.byGtin(gtin);
    throw error;
  }
}

export async function searchGoods(text: string): Promise<Good[]> {
  if (isOffline.value && offline) return offline.search(text);
  try {
    return await find(text);
  } catch (error) {
    if (isSilence(error) && isOffline.value && offline) return offline.search(text);
    throw error;
  }
}

async function find(text: string): Promise<Good[]> {
  try {
    const { items } = await ask((signal) => clerk.GET("/v1/till-goods", { params: { query: { q: text } }, signal }));
    for (const good of items) if (good.gtin) seen.set(good.gtin, { good, at: performance.now() });
    if (items.length === 1 && items[0] && /^\d+$/.test(text)) seen.set(text, { good: items[0], at: performance.now() });
    return items;
  } catch (error) {
    noteSession(error);
    throw error;
  }
}

const QUICK_MAX = 12;
/** What was sold here lately, for goods without a barcode and regulars: one tap each. */
export const quickGoods = reactive<Good[]>(kept<Good[]>("quick") ?? []);

export function noteSold(good: Good): void {
  const place = quickGoods.findIndex((one) => one.sku_id === good.sku_id);
  if (place >= 0) quickGoods.splice(place, 1, good);
  else {
    quickGoods.unshift(good);
    quickGoods.splice(QUICK_MAX);
  }
  keep("quick", quickGoods);
}
