/** Find a merchant's products, orders, stores, staff and tills from the command palette. */
import type { Finder, Hit } from "../finders";
import { api, call, merchantId } from "../session";

const roles = ["merchant"] as const;

export const merchantFinders: Finder[] = [
  {
    title: "merchant.products.title",
    roles,
    find: async (words) => {
      const page = await call(() => api.GET("/v1/products", { params: { query: { q: words, merchant_id: merchantId.value, limit: 5 } } }));
      return page.items.map((one) => ({ key: one.product_id, title: one.name, detail: one.name_en ?? "", to: { name: "product", params: { id: one.product_id } } }));
    },
  },
  {
    title: "merchant.orders.title",
    roles,
    find: async (words) => {
      const wanted = words.replace(/^#/, "").toLowerCase();
      if (!/^(ord_)?[0-9a-f]{4,}$/.test(wanted)) return [];
      const page = await call(() => api.GET("/v1/orders", { params: { query: { limit: 100 } } }));
      return page.items.filter((one) => one.order_id.includes(wanted)).map((one) => ({ key: one.order_id, title: `#${one.order_id.slice(-6).toUpperCase()}`, detail: one.order_id, to: { name: "order", params: { id: one.order_id } } }));
    },
  },
  {
    title: "merchant.stores.title",
    roles,
    find: async (words) => {
      const page = await call(() => api.GET("/v1/stores", { params: { query: { merchant_id: merchantId.value, limit: 100 } } }));
      return fitting(page.items.map(({ store }) => ({ key: store.store_id, title: store.name, detail: store.name_en, to: { name: "store", params: { id: store.store_id } } })), words);
    },
  },
  {
    title: "merchant.tills.title",
    roles,
    find: async (words) => {
      const page = await call(() => api.GET("/v1/tills", { params: { query: { limit: 100 } } }));
      return fitting(page.items.map((till) => ({ key: till.till_id, title: till.name, detail: till.till_id, to: { name: "till", params: { id: till.till_id } } })), words);
    },
  },
];

function fitting(hits: Hit[], words: string): Hit[] {
  const wanted = words.toLowerCase();
  return hits.filter((hit) => `${hit.title} ${hit.detail ?? ""}`.toLowerCase().includes(wanted));
}
