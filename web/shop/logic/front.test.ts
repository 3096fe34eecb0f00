import { expect, test } from "vitest";
import { frontOf } from "./front";
import { hueOf } from "./hue";

test("a store looks the same every time, and stores of one merchant share its colours", () => {
  expect(frontOf("sto_a", "mer_a")).toEqual(frontOf("sto_a", "mer_a"));
  const [one, other] = [frontOf("sto_a", "mer_a"), frontOf("sto_b", "mer_a")];
  expect([one.main, one.band, one.wall]).toEqual([other.main, other.band, other.wall]);
  expect(one.roofs).not.toBe(other.roofs);
});

test("a thing without a picture keeps its colour", () => {
  expect(hueOf("mer_a")).toBe(hueOf("mer_a"));
  expect(new Set(["mer_a", "mer_b", "mer_c", "mer_d", "mer_e", "mer_f", "mer_g"].map(hueOf)).size).toBeGreaterThan(1);
});
