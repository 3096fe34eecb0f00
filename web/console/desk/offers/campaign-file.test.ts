import { describe, expect, test } from "vitest";
import { apiFault, badAt, readCampaign } from "./campaign-file";

const CART = { now: "2026-11-11T00:00:00+08:00", currency: "CNY", products: [{ sku: "A", price_minor: 100 }] };

describe("a file of carts", () => {
  test("many carts stay as they are", () => {
    const document = { ...CART, carts: [{ cart_id: "1", lines: [] }, { cart_id: "2", lines: [] }] };
    expect(readCampaign(JSON.stringify(document))).toEqual({ document, carts: 2, currency: "CNY" });
  });
  test("one cart becomes a campaign of one, with what is said of it", () => {
    const lines = [{ line_id: "1", sku: "A" }];
    const found = readCampaign(JSON.stringify({ ...CART, lines, channel: "in_store", codes: ["X"] }));
    expect(found).toEqual({ document: { ...CART, carts: [{ cart_id: "1", lines, channel: "in_store", codes: ["X"] }] }, carts: 1, currency: "CNY" });
  });
  test("a slip is found by its line", () => {
    const found = readCampaign('{\n "now": 1,\n "carts": [,]\n}');
    expect(found).toMatchObject({ fault: { text: "syntax", line: 3 } });
  });
  test.each([["[]", "not_document"], ["3", "not_document"], ["{}", "no_carts"], ['{"carts": []}', "no_carts"]])("%s is no file of carts", (text, fault) => {
    expect(readCampaign(text)).toEqual({ fault: { text: fault } });
  });
});

test.each([
  ['{"a": 1,}', 8], ['{"a" 1}', 5], ["[1 2]", 3], ["[1]]", 3], ['{"a": [1, {"b": nul}]}', 16], ['{"a": "x\n"}', 6], ["[1", 2], ["", 0], ["[01]", 2], ["[1}", 2],
])("%s stops being JSON at %i", (text, at) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(badAt(text)).toBe(at);
});

test.each([
  ["Expected `int`, got `str` - at `$.document.carts[3].lines[0].quantity`", { kind: "carts", number: 4 }],
  ["carts[0] c-1: lines: 1 is of X, which is not among the products", { kind: "carts", number: 1 }],
  ["offers[2] o: the funders' shares must sum to 10000 basis points", { kind: "offers", number: 3 }],
])("%s", (said, row) => {
  expect(apiFault(said).row).toEqual(row);
  expect(apiFault(said).text).not.toContain("document.");
});
test("a fault of the whole has no row", () => expect(apiFault("currency: ISO 4217 knows no XXX").row).toBeUndefined());
