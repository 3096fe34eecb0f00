/** Turn a choice of goods into what a form holds, and back. Pure. */
import { fractionDigits } from "@shared/format";
import type { Items, Part } from "./types";

export interface PartForm {
  skus: string[];
  merchant_ids: string[];
  brands: string[];
  category_ids: string[];
  tags: string[];
}

export interface GoodsForm extends PartForm {
  exclude: PartForm;
  price_min: number | null;
  price_max: number | null;
  not_discounted: boolean;
}

export const PART_KEYS = ["skus", "category_ids", "brands", "tags", "merchant_ids"] as const;

export function toMinor(major: number | null, currency: string): number | null {
  return major === null ? null : Math.round(major * 10 ** fractionDigits(currency));
}

export function fromMinor(minor: unknown, currency: string): number | null {
  return typeof minor === "number" ? minor / 10 ** fractionDigits(currency) : null;
}

/** Leave out what is not said: nothing, no, and empty. Zero stays, for a price may be nothing. */
export function lean<T extends object>(thing: T): T {
  const isSaid = (value: unknown): boolean =>
    !(value === null || value === undefined || value === "" || value === false || (typeof value === "object" && Object.keys(value).length === 0));
  return Object.fromEntries(Object.entries(thing).filter(([, value]) => isSaid(value))) as T;
}

export function noGoods(): GoodsForm {
  return { ...partOf({}), exclude: partOf({}), price_min: null, price_max: null, not_discounted: false };
}

export function goodsOf(items: Items | null | undefined, currency: string): GoodsForm {
  return {
    ...partOf(items ?? {}),
    exclude: partOf(items?.exclude ?? {}),
    price_min: fromMinor(items?.price_min_minor, currency),
    price_max: fromMinor(items?.price_max_minor, currency),
    not_discounted: items?.not_discounted ?? false,
  };
}

export function itemsOf(goods: GoodsForm, currency: string): Items {
  return lean({
    ...part(goods),
    exclude: part(goods.exclude),
    price_min_minor: toMinor(goods.price_min, currency),
    price_max_minor: toMinor(goods.price_max, currency),
    not_discounted: goods.not_discounted,
  });
}

/** Whether anything is chosen; else all goods are meant. */
export function isChosen(goods: GoodsForm, currency: string): boolean {
  return Object.keys(itemsOf(goods, currency)).length > 0;
}

/** Every SKU that goods name, so that their names can be read. */
export function skusIn(goods: GoodsForm): string[] {
  return [...goods.skus, ...goods.exclude.skus];
}

function partOf(part: Part): PartForm {
  return {
    skus: [...(part.skus ?? [])],
    merchant_ids: [...(part.merchant_ids ?? [])],
    brands: [...(part.brands ?? [])],
    category_ids: [...(part.category_ids ?? [])],
    tags: [...(part.tags ?? [])],
  };
}

function part(form: PartForm): Part {
  return lean({ skus: [...form.skus], merchant_ids: [...form.merchant_ids], brands: [...form.brands], category_ids: [...form.category_ids], tags: [...form.tags] });
}
