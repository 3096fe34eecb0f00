/** Edit a product's SKUs: prices in major units as people type them, sent as the minor units that changed. Pure. */
import type { Schema } from "@shared/api/client";
import { fractionDigits, toMajor } from "@shared/format";

export type ProductWords = Pick<Schema<"ProductView">, "name" | "name_en" | "description" | "brand" | "category_id" | "image" | "status" | "tags">;

export interface EditedSku {
  sku_id: string;
  price: number;
  compare_at: number | null;
  gtin: string;
  status: Schema<"SkuView">["status"];
}

export function editable(sku: Schema<"SkuView">): EditedSku {
  return {
    sku_id: sku.sku_id,
    price: toMajor(sku.price_minor, sku.currency),
    compare_at: sku.compare_at_minor === null ? null : toMajor(sku.compare_at_minor, sku.currency),
    gtin: sku.gtin ?? "",
    status: sku.status,
  };
}

export function toMinor(major: number, currency: string): number {
  return Math.round(major * 10 ** fractionDigits(currency));
}

/** The patches of the SKUs that differ from what is known; a cut to less than half says that it is meant. */
export function skuChanges(known: readonly Schema<"SkuView">[], edited: readonly EditedSku[]): { sku_id: string; patch: Schema<"SkuPatch"> }[] {
  return edited.flatMap((one) => {
    const before = known.find((sku) => sku.sku_id === one.sku_id);
    if (!before) return [];
    const patch: Partial<Schema<"SkuPatch">> = {};
    const price = toMinor(one.price, before.currency);
    if (price !== before.price_minor) Object.assign(patch, { price_minor: price, confirm_price: true });
    const compare = one.compare_at === null ? null : toMinor(one.compare_at, before.currency);
    if (compare !== before.compare_at_minor) patch.compare_at_minor = compare;
    if ((one.gtin || null) !== before.gtin) patch.gtin = one.gtin || null;
    if (one.status !== before.status) patch.status = one.status;
    return Object.keys(patch).length ? [{ sku_id: one.sku_id, patch: patch as Schema<"SkuPatch"> }] : [];
  });
}
