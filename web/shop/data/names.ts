/** Remember shops and stores that pages name again and again; each is asked for once. */
import { reactive } from "vue";
import { answer, api, type Schema } from "./api";

export type StoreSeen = Schema<"StoreSeen">;
export type Shop = Schema<"Shop">;

const shops = reactive(new Map<string, Shop>());
const stores = reactive(new Map<string, StoreSeen>());
const asked = new Map<string, Promise<void>>();

function once(key: string, read: () => Promise<void>): Promise<void> {
  let asking = asked.get(key);
  if (!asking) {
    asking = read().catch(() => void asked.delete(key));
    asked.set(key, asking);
  }
  return asking;
}

/** Give a shop's names; empty until they are read. */
export function shopOf(merchantId: string): Shop | null {
  const found = shops.get(merchantId);
  if (!found) void readShops();
  return found ?? null;
}

type Profile = Schema<"MerchantProfile">;
const profiles = reactive(new Map<string, Profile>());

async function readProfile(merchantId: string): Promise<void> {
  await once(`profile ${merchantId}`, async () => {
    const params = { path: { merchant_id: merchantId } };
    profiles.set(merchantId, await answer(api.GET("/v1/merchants/{merchant_id}/profile", { params })));
  });
}

/** Give what a shop tells of itself; null where it cannot be read. */
export async function readStory(merchantId: string): Promise<Pick<Profile, "story" | "story_en"> | null> {
  await readProfile(merchantId);
  return profiles.get(merchantId) ?? null;
}

/** Where a shop's sign is: an address that is served here, or the picture that it uploaded; null while there is none. */
export function signOf(merchantId: string): string | null {
  const shop = shopOf(merchantId);
  if (!shop?.has_logo || shop.logo) return shop?.logo ?? null;
  void readProfile(merchantId);
  return profiles.get(merchantId)?.logo ?? null;
}

export function readShops(): Promise<void> {
  return once("shops", async () => {
    let cursor: string | undefined;
    do {
      const page = await answer(api.GET("/v1/shops", { params: { query: { limit: 100, ...(cursor ? { cursor } : {}) } } }));
      for (const shop of page.items) shops.set(shop.merchant_id, shop);
      cursor = page.next_cursor ?? undefined;
    } while (cursor && shops.size < 1000);
  });
}

export function storeOf(storeId: string): StoreSeen | null {
  const found = stores.get(storeId);
  if (!found) void readStore(storeId);
  return found ?? null;
}

export async function readStore(storeId: string): Promise<void> {
  await once(storeId, async () => {
    stores.set(storeId, await answer(api.GET("/v1/stores/{store_id}", { params: { path: { store_id: storeId } } })));
  });
}

export function rememberStores(found: readonly StoreSeen[]): void {
  for (const one of found) stores.set(one.store.store_id, one);
}
