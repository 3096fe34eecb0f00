import { expect, test } from "vitest";
import { firstForm, formOf, termsOf, type Terms } from "./form";

const FULL: Terms = {
  kind: "percent",
  currency: "CNY",
  name: "八折",
  name_en: "20% off",
  amount_minor: null,
  rate_bp: 2000,
  cap_minor: 5050,
  threshold_minor: 9999,
  exchange_sku_id: null,
  exchange_price_minor: null,
  min_payable_minor: 100,
  funders: [
    { kind: "platform", share_bp: 3333, brand: "" },
    { kind: "brand", share_bp: 6667, brand: "龙井" },
  ],
  scope: { merchant_ids: ["mer_1"], store_ids: ["sto_1"], sku_ids: [], category_ids: ["food"] },
  channels: ["in_store"],
  claim_starts_at: "2026-11-10T16:00:00.000Z",
  claim_ends_at: "2026-11-11T16:00:00.000Z",
  claim_phase_ids: ["pha_1"],
  use_phase_ids: [],
  usable_from: null,
  usable_until: "2026-11-20T16:00:00.000Z",
  days_after_claim: 3,
  time_zone: "Asia/Shanghai",
  hours: [{ weekdays: [1, 7], from_minute: 600, to_minute: 1440 }],
  quantity_max: 50,
  budget_minor: 100_000,
  over_issue_bp: 12_500,
  per_day_max: null,
  per_member_max: 2,
  per_person_max: 3,
  return_policy: "forfeit",
  grace_days: 0,
};

test("terms come back from a form unchanged", () => {
  expect(termsOf(formOf(FULL))).toEqual(FULL);
});

test("a form shows local times and major units", () => {
  const form = formOf(FULL);
  expect([form.claim_from, form.cap, form.percent, form.hours[0]?.to]).toEqual(["2026-11-11T00:00:00", 50.5, 20, "00:00"]);
});

test("fields of another kind are dropped", () => {
  const terms = termsOf({ ...formOf(FULL), kind: "fixed", amount: 5 });
  expect([terms.amount_minor, terms.rate_bp, terms.cap_minor]).toEqual([500, null, null]);
});

test("a new coupon is complete", () => {
  const terms = termsOf(firstForm(Date.UTC(2026, 10, 10, 16, 25), false));
  expect(terms.claim_starts_at).toBe("2026-11-10T16:00:00.000Z");
  expect(terms.claim_ends_at).toBe("2026-11-13T16:00:00.000Z");
  expect(terms.funders).toEqual([{ kind: "merchant", share_bp: 10_000, brand: "" }]);
});
