import { expect, test } from "vitest";
import { happened } from "./timeline";
import { changes, ruleWords, type TermWords, type Told } from "./term-words";
import type { Terms, Version } from "./types";

const WORDS: Record<string, string> = { "desk.offers.colon": ": ", "desk.offers.comma": ", ", "desk.offers.semicolon": "; ", "desk.offers.value.gold": "gold card" };
const words: TermWords = {
  t: (key, values) => (WORDS[key] ?? key.split(".").at(-1)!) + (values ? `(${Object.values(values).join(" ")})` : ""),
  te: (key) => key in WORDS || key.includes(".field."),
  money: (minor) => `¥${minor / 100}`,
  percent: (bp) => `${bp / 100}%`,
  moment: (instant) => instant.slice(0, 10),
  name: (id) => (id === "sku_1" ? "Spring Tea" : id),
};
const BEFORE: Terms = {
  name: "Tea",
  lane: "item",
  items: { skus: ["sku_1"] },
  benefit: { type: "nth_item", n: 2, rate_bp: 5000 },
  condition: { type: "tier", tiers: ["gold"] },
  funders: [{ funder: "platform", share_bp: 10_000 }],
};
const lines = (after: Partial<Told>): string[] => changes(BEFORE, { ...BEFORE, ...after }, words).map((one) => `${one.label} | ${one.before ?? "-"} | ${one.after ?? "-"}`);

test.each<[string, Partial<Told>, string[]]>([
  ["the same says nothing, in any order of keys", { benefit: { rate_bp: 5000, type: "nth_item", n: 2 }, exclusive: false, group: null, codes: [] }, []],
  ["a name", { name: "Green tea" }, ["name | Tea | Green tea"]],
  ["one field of the benefit", { benefit: { type: "nth_item", n: 2, rate_bp: 3000 } }, ["nth_item · rate_bp | 50% | 30%"]],
  ["another benefit", { benefit: { type: "fixed", amount_minor: 500 } }, ["benefit | nth_item: n 2, rate_bp 50% | fixed: ¥5"]],
  ["a cap that comes", { benefit: { type: "nth_item", n: 2, rate_bp: 5000, times_max: 3 } }, ["nth_item · times_max | - | 3"]],
  ["goods by their names", { items: { skus: ["sku_1", "sku_2"], not_discounted: true } }, ["items | skus Spring Tea | skus Spring Tea, sku_2, not_discounted"]],
  ["all goods", { items: {} }, ["items | skus Spring Tea | all_goods"]],
  ["a rule of the same kind", { condition: { type: "tier", tiers: ["gold", "black"] } }, ["condition | tier: gold card | tier: gold card, black"]],
  ["a rule more", { condition: { type: "all", of: [{ type: "tier", tiers: ["gold"] }, { type: "amount", min_minor: 9900 }] } }, ["condition | - | amount: min_minor ¥99"]],
  ["a rule less", { condition: null }, ["condition | tier: gold card | -"]],
  ["who pays", { funders: [{ funder: "platform", share_bp: 6000 }, { funder: "brand:A:B", share_bp: 4000 }] }, ["funders | funder_platform 100% | funder_platform 60%, funder_brand(A:B) 40%"]], // prettier-ignore
  ["a budget", { budget_minor: 100_000 }, ["budget_minor | - | ¥1000"]],
  ["an instant, a yes, an amount", { starts_at: "2026-11-11T00:00:00Z", exclusive: true, unit_floor_minor: 990 }, ["starts_at | - | 2026-11-11", "exclusive | - | yes", "unit_floor_minor | - | ¥9.9"]],
])("%s", (_, after, said) => {
  expect(lines(after)).toEqual(said);
});

test("tiers begin at amounts or at counts", () => {
  const tiered = (by: string, from: number): Terms => ({ ...BEFORE, lane: "shop", benefit: { type: "tiered", by, steps: [{ from, rate_bp: 1000 }] } });
  expect(changes(tiered("amount", 30_000), tiered("quantity", 3), words).map((one) => one.after)).toEqual(["quantity", "3 → −10%"]);
});

test("rules inside a rule are said too", () => {
  expect(ruleWords({ type: "any", of: [{ type: "new_member" }, { type: "not", of: { type: "weekdays", days: [1, 7] } }] }, words)).toBe("any: new_member; not: weekdays: weekday_1, weekday_7");
});

test("a timeline knows who wrote, approved and stopped", () => {
  const version = { version: 1, created_by: "acc_1", created_by_name: "Lin", created_at: "2026-11-01", reason: "first", approved_by_name: "Zhou", approved_at: "2026-11-02" } as Version;
  const stop = { route: "/offers/{offer_id}/stops", name: "Zhou", account_id: null, happened_at: "2026-11-03", changes: { reason: [null, "too much"] } };
  const other = { ...stop, route: "/offers/{offer_id}/versions" };
  expect(happened([version], [stop, other], (key, values) => `${key.split(".").at(-1)} ${Object.values(values).join(" ")}`).map((one) => [one.title, one.detail])).toEqual([
    ["made 1 Lin", "first"],
    ["approved 1 Zhou", undefined],
    ["stopped Zhou", "too much"],
  ]);
});
