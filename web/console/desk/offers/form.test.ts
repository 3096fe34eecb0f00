import { expect, test } from "vitest";
import { benefitFormOf, benefitOf, benefitsIn, firstBenefit } from "./form-benefit";
import { conditionFormOf, conditionOf } from "./form-conditions";
import { budgetOf, firstForm, formOf, moved, shareSum, termsOf } from "./form";
import type { Terms, Typed } from "./types";

const FULL: Terms = {
  name: "春茶第二件半价",
  lane: "item",
  trigger: "code",
  codes: ["TEA11"],
  starts_at: "2026-11-10T12:00:00.000Z",
  ends_at: "2026-11-11T16:00:00.000Z",
  items: { skus: ["sku_1"], brands: ["龙井"], tags: ["new"], exclude: { category_ids: ["gift"] }, price_min_minor: 990, not_discounted: true },
  condition: { type: "all", of: [{ type: "channel", channels: ["live"] }, { type: "weekdays", days: [6, 7] }, { type: "hours", from: "18:00", until: "22:00" }] },
  benefit: { type: "nth_item", n: 2, rate_bp: 5000 },
  priority: -3,
  exclusive: true,
  group: "tea",
  funders: [
    { funder: "platform", share_bp: 3333 },
    { funder: "brand:a:b", share_bp: 6667 },
  ],
  unit_floor_minor: 1,
  may_go_below_cost: true,
  on_return: "claw_back",
};

test("terms come back from a form unchanged", () => {
  expect(termsOf(formOf(FULL, "CNY", null, null))).toEqual(FULL);
});

test("a form shows local times, major units, and shares in percent", () => {
  const form = formOf(FULL, "CNY", 50_050, null);
  expect([form.from, form.goods.price_min, form.funders[1], form.budget]).toEqual(["2026-11-10T20:00:00", 9.9, { kind: "brand", brand: "a:b", percent: 66.67 }, 500.5]);
  expect([budgetOf(form), shareSum(form)]).toEqual([50_050, 100]);
});

test("who pays it all is shown, and left out where nothing else is said", () => {
  const plain: Terms = { lane: "item", benefit: { type: "fixed", amount_minor: 1 } };
  const form = formOf(plain, "CNY", null, "mer_1");
  expect(form.funders).toEqual([{ kind: "merchant", brand: "", percent: 100 }]);
  expect(termsOf(form)).toEqual(plain);
  expect(termsOf({ ...form, payer: "platform" }).funders).toEqual([{ funder: "merchant", share_bp: 10_000 }]);
});

const BENEFITS: Typed[] = [
  { type: "fixed", amount_minor: 550 },
  { type: "percent", rate_bp: 1250, cap_minor: 5000 },
  { type: "fixed_price", price_minor: 0 },
  { type: "every", every_minor: 30_000, off_minor: 5000, cap_minor: 20_000 },
  { type: "tiered", by: "amount", steps: [{ from: 30_000, amount_minor: 3000 }, { from: 50_000, rate_bp: 2000 }] }, // prettier-ignore
  { type: "tiered", by: "quantity", steps: [{ from: 2, rate_bp: 1000 }], cap_minor: 8000 },
  { type: "nth_item", n: 3, price_minor: 0, of: "cheapest", times_max: 2 },
  { type: "buy_get", buy: 2, get: 1 },
  { type: "buy_get", buy: 3, get: 2, of: "listed", get_items: { skus: ["sku_2"] }, rate_bp: 5000 },
  { type: "bundle", parts: [{ items: { skus: ["sku_1"] } }, { items: { category_ids: ["cup"] }, quantity: 2 }], price_minor: 9900 },
];

test.each(BENEFITS.map((one) => [one.type, one] as const))("a benefit %s comes back unchanged", (_, benefit) => {
  expect(benefitOf(benefitFormOf(benefit, "CNY"), "CNY")).toEqual(benefit);
});

test("every benefit of a lane has a row above", () => {
  expect(new Set([...benefitsIn("item"), ...benefitsIn("platform")])).toEqual(new Set(BENEFITS.map((one) => one.type)));
});

const CONDITIONS: Typed[] = [
  { type: "amount", min_minor: 30_000, max_minor: 50_000, items: { category_ids: ["tea"] } },
  { type: "quantity", min: 2 },
  { type: "quantity", max: 5 },
  { type: "new_member" },
  { type: "order_number" },
  { type: "order_number", nth: 5, every: true },
  { type: "channel", channels: ["online", "live"] },
  { type: "place", place_ids: ["sto_1"] },
  { type: "region", region_ids: ["cn-51"] },
  { type: "phase", phase_ids: ["pha_1"] },
  { type: "code", codes: ["A"] },
  { type: "window", from: "2026-11-10T12:00:00Z", until: "2026-11-11T12:00:00Z" },
  { type: "hours", from: "22:00", until: "02:00" },
];

test.each(CONDITIONS.map((one) => [JSON.stringify(one), one] as const))("a condition %s comes back unchanged from rows", (_, condition) => {
  const form = conditionFormOf(condition, "CNY");
  expect(form.expert).toBeNull();
  expect(conditionOf(form, "CNY")).toEqual(condition);
});

test.each([
  { type: "any", of: [{ type: "new_member" }, { type: "order_number" }] },
  { type: "not", of: { type: "new_member" } },
  { type: "all", of: [{ type: "new_member" }, { type: "all", of: [{ type: "new_member" }] }] },
])("what rows cannot say stays a document: %o", (condition) => {
  const form = conditionFormOf(condition, "CNY");
  expect(form.rows).toEqual([]);
  expect(conditionOf(form, "CNY")).toEqual(condition);
});

test("rows that say nothing yet are no condition", () => {
  expect(conditionOf({ rows: [{ ...conditionFormOf({ type: "code", codes: ["A"] }, "CNY").rows[0]!, ids: [] }], clock: { from: "", until: "", days: [] }, expert: null }, "CNY")).toBeNull();
});

test("in another lane a benefit that does not stand there gives way", () => {
  const form = firstForm("mer_1");
  expect([form.lane, form.benefit.type, form.funders[0]?.kind]).toEqual(["item", "nth_item", "merchant"]);
  expect(moved(form, "shop").benefit.type).toBe("every");
  expect(moved({ ...form, benefit: firstBenefit("percent") }, "shop").benefit.type).toBe("percent");
  expect(firstForm(null).lane).toBe("cross_shop");
});
