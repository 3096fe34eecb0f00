/** Know merchants and stores by name; each list is read once and kept for a minute. */
import { computed, shallowRef, type ComputedRef } from "vue";
import type { Schema } from "@shared/api/client";
import { readAll } from "../blocks/whole-list";
import { api, call, isOperator, me } from "../session";
import { useWords } from "../use-words";

type Merchant = Schema<"Merchant">;
type Store = Schema<"Store">;
const KEPT_MS = 60_000;

const merchants = shallowRef<Merchant[]>([]);
const stores = shallowRef<Store[]>([]);
let merchantsAt = 0;
let storesAt = 0;

export async function readMerchants(isFresh = false): Promise<Merchant[]> {
  if (isFresh || Date.now() - merchantsAt > KEPT_MS) {
    merchantsAt = Date.now();
    merchants.value = isOperator.value
      ? (await readAll<Merchant>((cursor) => call(() => api.GET("/v1/merchants", { params: { query: page(cursor) } })))).rows
      : me.value?.merchant
        ? [me.value.merchant]
        : [];
  }
  return merchants.value;
}

export async function readStores(): Promise<Store[]> {
  if (Date.now() - storesAt > KEPT_MS) {
    storesAt = Date.now();
    const own = me.value?.merchant?.merchant_id;
    const found = await readAll<Schema<"StoreSeen">>((cursor) =>
      call(() => api.GET("/v1/stores", { params: { query: { ...page(cursor), ...(own ? { merchant_id: own } : {}) } } })),
    );
    stores.value = found.rows.map((row) => row.store);
  }
  return stores.value;
}

/** A page of a hundred after `cursor`. */
export function page(cursor: string | null): { limit: number; cursor?: string } {
  return cursor ? { limit: 100, cursor } : { limit: 100 };
}

export interface Names {
  merchant: (id: string | null | undefined) => string;
  store: (id: string | null | undefined) => string;
  merchantOptions: ComputedRef<{ value: string; label: string }[]>;
  storeOptions: ComputedRef<{ value: string; label: string }[]>;
}

/** Names in the reader's language; an id stands for itself until its name is known. */
export function useNames(): Names {
  const { named, t } = useWords();
  void readMerchants().catch(() => undefined);
  void readStores().catch(() => undefined);
  const byMerchant = computed(() => new Map(merchants.value.map((one) => [one.merchant_id, named(one)])));
  const byStore = computed(() => new Map(stores.value.map((one) => [one.store_id, named(one)])));
  return {
    merchant: (id) => (id ? (byMerchant.value.get(id) ?? id) : t("desk.platform")),
    store: (id) => (id ? (byStore.value.get(id) ?? id) : "—"),
    merchantOptions: computed(() => merchants.value.map((one) => ({ value: one.merchant_id, label: named(one) }))),
    storeOptions: computed(() => stores.value.map((one) => ({ value: one.store_id, label: named(one) }))),
  };
}
