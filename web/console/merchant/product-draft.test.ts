import { expect, test } from "vitest";
import type { Schema } from "@shared/api/client";
import { editable, skuChanges, toMinor } from "./product-draft";

const SKU = { sku_id: "sku_1", price_minor: 1999, compare_at_minor: null, currency: "CNY", gtin: null, status: "live" } as unknown as Schema<"SkuView">;

test("what was not touched is not sent", () => {
  expect(skuChanges([SKU], [editable(SKU)])).toEqual([]);
});

test("a price is sent in minor units, to the last one", () => {
  expect(skuChanges([SKU], [{ ...editable(SKU), price: 20.01 }])).toEqual([{ sku_id: "sku_1", patch: { price_minor: 2001, confirm_price: true } }]);
});

test("an emptied field is sent as nothing", () => {
  const known = { ...SKU, gtin: "6901234567892", compare_at_minor: 2999 };
  expect(skuChanges([known], [{ ...editable(known), gtin: "", compare_at: null }])).toEqual([{ sku_id: "sku_1", patch: { compare_at_minor: null, gtin: null } }]);
});

test("yen have no minor unit", () => {
  expect(toMinor(120, "JPY")).toBe(120);
  expect(toMinor(0.29, "CNY")).toBe(29);
});
