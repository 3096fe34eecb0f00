import { describe, expect, test } from "vitest";
import { add, byMerchant, type CartLine, choose, keyOf, parse, QUANTITY_MAX, remove, setQuantity } from "./cart-lines";

function line(change: Partial<CartLine> = {}): CartLine {
  const seen = { name: "跑鞋", name_en: "shoes", image: null, options: {}, unit_minor: 100, currency: "CNY", brand: null };
  return { sku_id: "sku_1", store_id: "sto_1", product_id: "pro_1", merchant_id: "mer_1", quantity: 1, is_chosen: true, seen, ...change };
}

describe("the cart", () => {
  test("the same thing from the same store is one line, on top, and never more than the bound", () => {
    const lines = add(add([line({ sku_id: "sku_2" }), line({ quantity: 98 })], line()), line({ quantity: 5 }));
    expect(lines.map((one) => [one.sku_id, one.quantity])).toEqual([["sku_1", QUANTITY_MAX], ["sku_2", 1]]);
  });

  test("the same thing from another store is another line", () => {
    expect(add([line()], line({ store_id: "sto_2" }))).toHaveLength(2);
  });

  test.each([[0, 1], [-3, 1], [2.7, 2], [Number.NaN, 1], [1000, QUANTITY_MAX]])("a quantity of %d is kept as %d", (asked, kept) => {
    expect(setQuantity([line()], keyOf(line()), asked)[0]?.quantity).toBe(kept);
  });

  test("ticks and removals touch only the lines named", () => {
    const lines = [line(), line({ sku_id: "sku_2" })];
    expect(choose(lines, new Set(["sku_2@sto_1"]), false).map((one) => one.is_chosen)).toEqual([true, false]);
    expect(remove(lines, new Set(["sku_1@sto_1"])).map((one) => one.sku_id)).toEqual(["sku_2"]);
  });

  test("it is regrouped by shop, lines in their order", () => {
    const groups = byMerchant([line(), line({ sku_id: "b", merchant_id: "mer_2" }), line({ sku_id: "c" })]);
    expect(groups.map((group) => [group.merchant_id, group.lines.map((one) => one.sku_id)])).toEqual([["mer_1", ["sku_1", "c"]], ["mer_2", ["b"]]]);
  });

  test.each([[null, 0], ["nonsense", 0], ["{}", 0], [JSON.stringify([{ sku_id: 1 }, line(), line({ quantity: -1 })]), 1]])("what was kept is read, and only cart lines of it: %s", (text, count) => {
    expect(parse(text)).toHaveLength(count);
  });
});
