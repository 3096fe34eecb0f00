import { afterEach, beforeEach, expect, test, vi } from "vitest";

const PRODUCTS = "/v1/products?limit=40";
const address = (target: string): string => `https://fair.example${target}`;
let nowMs = 0;

async function page(navigation: object, answers: object = { [`shop ${PRODUCTS}`]: { items: [1] } }) {
  vi.stubGlobal("performance", { now: () => nowMs, getEntriesByType: () => [{ type: "navigate", transferSize: 900, requestStart: 10, responseStart: 30, ...navigation }] });
  vi.stubGlobal("document", { getElementById: () => ({ textContent: JSON.stringify(answers) }) });
  vi.resetModules();
  return import("./first");
}

beforeEach(() => (nowMs = 100));
afterEach(() => vi.unstubAllGlobals());

test("an answer is given once, to the app that asked", async () => {
  const { takeFirst, hasFirst } = await page({});
  expect(takeFirst("till", address(PRODUCTS))).toBeNull();
  expect(hasFirst("shop", PRODUCTS)).toBe(true);
  expect(await takeFirst("shop", address(PRODUCTS))?.json()).toEqual({ items: [1] });
  expect(takeFirst("shop", address(PRODUCTS))).toBeNull();
});

test("a look leaves the answer where it is", async () => {
  const { takeFirst, peekFirst } = await page({});
  expect(peekFirst("shop", PRODUCTS)).toEqual({ items: [1] });
  expect(takeFirst("shop", address(PRODUCTS))).not.toBeNull();
});

test("after ten seconds, and after a write, everything is asked anew", async () => {
  const early = await page({});
  nowMs = 10_001;
  expect(early.hasFirst("shop", PRODUCTS)).toBe(false);
  expect(early.takeFirst("shop", address(PRODUCTS))).toBeNull();
  nowMs = 100;
  const written = await page({});
  written.forgetFirst();
  expect(written.takeFirst("shop", address(PRODUCTS))).toBeNull();
});

test.each([{ transferSize: 0 }, { type: "back_forward" }])("a page from a store %o holds no answers", async (navigation) => {
  const { hasFirst } = await page(navigation);
  expect(hasFirst("shop", PRODUCTS)).toBe(false);
});

test("the server said it between the question and the first byte", async () => {
  expect((await page({})).firstHeardMs()).toBe(20);
});
