import { expect, test } from "vitest";
import { budgetOf, BUDGET_MAX_MINOR, emptyDraft, faultsOf, TEMPLATES } from "./draft";

test("every template fits a small shop as it is", () => {
  for (const coupon of TEMPLATES) {
    expect(faultsOf(3, { ...emptyDraft(), coupon })).toEqual([]);
    expect(budgetOf(coupon)).toBeLessThanOrEqual(BUDGET_MAX_MINOR);
  }
});

test("a shop needs a name, and a licence its eighteen characters", () => {
  expect(faultsOf(1, emptyDraft())).toEqual(["name"]);
  const licensed = { ...emptyDraft(), name: "阿婆面馆", licence: "individual" as const, licence_number: "92310000MA1FL8TQ3" };
  expect(faultsOf(1, licensed)).toEqual(["licence"]);
  expect(faultsOf(1, { ...licensed, licence_number: "92310000MA1FL8TQ33" })).toEqual([]);
});

test("a place needs a region and a point", () => {
  expect(faultsOf(2, emptyDraft())).toEqual(["region", "place"]);
  expect(faultsOf(2, { ...emptyDraft(), region_id: "CN-SH", latitude: 31.2, longitude: 121.4 })).toEqual([]);
});

test.each([
  [{ amount_minor: 0 }, ["amount"]],
  [{ amount_minor: 6000, threshold_minor: 5000, quantity_max: 10 }, ["threshold"]],
  [{ quantity_max: 501 }, ["quantity"]],
  [{ amount_minor: 1001, quantity_max: 100 }, ["budget"]],
  [{ amount_minor: 1000, quantity_max: 100 }, []],
])("the coupon %j is judged at its edge", (change, faults) => {
  expect(faultsOf(3, { ...emptyDraft(), coupon: { ...TEMPLATES[0]!, ...change } })).toEqual(faults);
});
