import { expect, test } from "vitest";
import { en, zh } from "../words/offers";
import { faultKey } from "./faults";

test.each([
  ["name: say what shoppers will read", "name"],
  ["the funders' shares must sum to 10000 basis points", "funders_sum"],
  ["condition: tier can be simulated, not sold yet: orders do not tell it", "not_sold"],
  ["a step has either amount_minor or rate_bp", "no_off"],
  ["items: there is no sku_1 here", "unknown_goods"],
])("%s", (fault, key) => {
  expect(faultKey(fault)).toBe(`desk.offers.fault.${key}`);
  expect(zh.offers.fault[key as keyof typeof zh.offers.fault]).toBeTruthy();
  expect(en.offers.fault[key as keyof typeof en.offers.fault]).toBeTruthy();
});

test("an unknown fault has no words of its own", () => {
  expect(faultKey("something else")).toBeNull();
});
