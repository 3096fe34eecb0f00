import { expect, test } from "vitest";
import { samplePrice, type PricedTerms } from "./sample-price";

const threshold: PricedTerms = { kind: "threshold", amount_minor: 2000, threshold_minor: 10_000 };

test.each<[string, PricedTerms, number, number, object]>([
  ["one fen below the threshold", threshold, 9999, 0, { discount: 0, pay: 9999, missing: 1, why: "below_threshold" }],
  ["at the threshold", threshold, 10_000, 0, { discount: 2000, pay: 8000, missing: 0, why: null }],
  ["a percentage is floored", { kind: "percent", rate_bp: 1500, cap_minor: 5000 }, 999, 0, { discount: 149, pay: 850, missing: 0, why: null }],
  ["and capped", { kind: "percent", rate_bp: 1500, cap_minor: 5000 }, 100_000, 0, { discount: 5000, pay: 95_000, missing: 0, why: null }],
  ["a fen stays to pay", { kind: "fixed", amount_minor: 500 }, 300, 0, { discount: 299, pay: 1, missing: 0, why: null }],
  ["nothing comes off a fen", { kind: "fixed", amount_minor: 500 }, 1, 0, { discount: 0, pay: 1, missing: 0, why: "no_effect" }],
  ["an item for less", { kind: "exchange", exchange_price_minor: 990, cap_minor: 3000, threshold_minor: 5000 }, 6000, 2990, { discount: 2000, pay: 6990, missing: 0, why: null }],
])("%s", (_, terms, goods, item, price) => {
  expect(samplePrice(terms, goods, item)).toEqual(price);
});
