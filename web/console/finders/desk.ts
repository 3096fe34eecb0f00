/** Find coupons, offers, merchants, festivals from the command palette. */
import type { Finder, Hit } from "../finders";
import { listOffers } from "../desk/offers/calls";
import { api, call } from "../session";
import { readMerchants } from "../desk/use-names";

const MOST = 5;
const fits = (text: string, words: string): boolean => text.toLowerCase().includes(words.trim().toLowerCase());

export const deskFinders: Finder[] = [
  {
    title: "desk.coupons.title",
    roles: ["operator", "merchant"],
    find: async (words) => {
      const found = await call(() => api.GET("/v1/coupons/issued", { params: { query: { limit: 100 } } }));
      return found.items
        .filter((one) => fits(`${one.coupon.terms.name} ${one.coupon.terms.name_en} ${one.coupon.coupon_id}`, words))
        .slice(0, MOST)
        .map((one): Hit => ({ key: one.coupon.coupon_id, title: one.coupon.terms.name ?? "", detail: one.coupon.terms.name_en ?? "", to: { name: "coupon", params: { id: one.coupon.coupon_id } } }));
    },
  },
  {
    title: "desk.offers.title",
    roles: ["operator", "merchant"],
    find: async (words) =>
      (await listOffers({ q: words.trim(), limit: MOST })).items.map((one): Hit => ({ key: one.offer_id, title: one.latest.terms.name ?? "", detail: one.sentence_zh, to: { name: "offer", params: { id: one.offer_id } } })),
  },
  {
    title: "desk.merchants.title",
    roles: ["operator"],
    find: async (words) =>
      (await readMerchants())
        .filter((one) => fits(`${one.name} ${one.name_en} ${one.external_id ?? ""} ${one.merchant_id}`, words))
        .slice(0, MOST)
        .map((one): Hit => ({ key: one.merchant_id, title: one.name, detail: one.name_en, to: { name: "merchant", params: { id: one.merchant_id } } })),
  },
  {
    title: "desk.festivals.title",
    roles: ["operator", "merchant"],
    find: async (words) => {
      const found = await call(() => api.GET("/v1/festivals", { params: { query: { limit: 100 } } }));
      return found.items
        .filter((one) => fits(`${one.name} ${one.name_en}`, words))
        .slice(0, MOST)
        .map((one): Hit => ({ key: one.festival_id, title: one.name, detail: one.name_en, to: { name: "festival", params: { id: one.festival_id } } }));
    },
  },
];
