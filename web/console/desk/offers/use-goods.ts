/** Find goods for pickers (SKUs by a product's name, the categories and brands there are), and know chosen SKUs by name. */
import { computed, shallowRef } from "vue";
import type { Schema } from "@shared/api/client";
import { api, call, merchantId } from "../../session";
import { useWords } from "../../use-words";

interface Named {
  name: string;
  name_en?: string | null;
}
interface Option {
  value: string;
  label: string;
}

const LEARN_MAX = 60;
const names = shallowRef(new Map<string, Named>());
const cards = shallowRef<Schema<"ProductCard">[]>([]);
const asked = new Set<string>();
let cardsRead = false;

export function useGoods() {
  const { named } = useWords();
  const found = shallowRef<string[]>([]);
  const nameOf = (sku: string): string => {
    const known = names.value.get(sku);
    return known ? named(known) : sku;
  };

  /** Look for SKUs by words; what is found stands in `options` beside what is chosen. */
  async function find(words: string): Promise<void> {
    const page = await call(() => api.GET("/v1/products", { params: { query: query(words, 12) } })).catch(() => null);
    const rows = await Promise.all((page?.items ?? []).map(skusOf));
    remember(rows.flat());
    found.value = rows.flat().map(([sku]) => sku);
  }

  return {
    find,
    nameOf,
    /** The SKUs found and those chosen, so that the chosen ones have their names. */
    options: (chosen: readonly string[]): Option[] => [...new Set([...chosen, ...found.value])].map((value) => ({ value, label: nameOf(value) })),
    categories: computed(() => distinct(cards.value.map((card) => card.category_id))),
    brands: computed(() => distinct(cards.value.map((card) => card.brand))),
    readCards,
    learn,
  };
}

/** Read the names of SKUs that are not known yet. */
export async function learn(skus: readonly string[]): Promise<void> {
  const unknown = skus.filter((sku) => sku.startsWith("sku_") && !names.value.has(sku) && !asked.has(sku)).slice(0, LEARN_MAX);
  unknown.forEach((sku) => asked.add(sku));
  const read = await Promise.all(unknown.map((sku_id) => call(() => api.GET("/v1/skus/{sku_id}", { params: { path: { sku_id } } })).catch(() => null)));
  remember(read.filter((one) => one !== null).map((one) => [one.sku_id, one] as const));
}

/** Read once which categories and brands there are. */
async function readCards(): Promise<void> {
  if (cardsRead) return;
  cardsRead = true;
  const page = await call(() => api.GET("/v1/products", { params: { query: query("", 100) } })).catch(() => null);
  cards.value = page?.items ?? [];
}

async function skusOf(card: Schema<"ProductCard">): Promise<(readonly [string, Named])[]> {
  if (card.skus_count === 1 && card.sku_id) return [[card.sku_id, card]];
  const product = await call(() => api.GET("/v1/products/{product_id}", { params: { path: { product_id: card.product_id } } })).catch(() => null);
  return (product?.skus ?? []).map((sku) => [sku.sku_id, variant(card, Object.values(sku.options ?? {}).join(" / ") || sku.external_id)] as const);
}

function variant(card: Named, which: string): Named {
  return { name: `${card.name} · ${which}`, name_en: card.name_en ? `${card.name_en} · ${which}` : null };
}

function query(words: string, limit: number): { limit: number; q?: string; merchant_id?: string } {
  return { limit, ...(words.trim() ? { q: words.trim() } : {}), ...(merchantId.value ? { merchant_id: merchantId.value } : {}) };
}

function remember(rows: readonly (readonly [string, Named])[]): void {
  if (rows.length) names.value = new Map([...names.value, ...rows]);
}

function distinct(values: readonly (string | null | undefined)[]): string[] {
  return [...new Set(values.filter((one): one is string => Boolean(one)))].sort();
}
