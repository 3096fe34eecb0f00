import { expect, test } from "vitest";
import { parseTotals } from "./feed";

const whole = { now: "2026-11-11T00:00:00Z", gmv_minor: 1, provinces: [], top_stores: [], top_products: [], series: [] };

test("a whole message is read", () => {
  expect(parseTotals(JSON.stringify(whole))?.gmv_minor).toBe(1);
});

test.each([
  ["nothing", ""],
  ["no JSON", "<html>"],
  ["null", "null"],
  ["no total", JSON.stringify({ ...whole, gmv_minor: null })],
  ["no clock", JSON.stringify({ ...whole, now: "soon" })],
  ["a missing list", JSON.stringify({ ...whole, series: undefined })],
])("%s is no message, and does not wipe the screen", (_, text) => {
  expect(parseTotals(text)).toBeNull();
});
