import { expect, test } from "vitest";
import { makeSpeech } from "./i18n";

const messages = {
  "zh-CN": { shop: { hello: "你好，{name}", left: "剩 {n} 件", only: "只有中文" }, plain: "{价}" },
  en: { shop: { hello: "Hello {name}", left: "none left | {n} piece left | {n} pieces left", rows: "{count} row | {count} rows" } },
};

test("a sentence is found by its key, in the language spoken, with its values", () => {
  const { t, te, locale } = makeSpeech(messages, "zh-CN");
  expect(t("shop.hello", { name: "小明" })).toBe("你好，小明");
  expect(te("shop.rows")).toBe(false);
  locale.value = "en";
  expect(t("shop.hello", { name: "Ming" })).toBe("Hello Ming");
  expect(t("shop.hello", {})).toBe("Hello ");
  expect(te("shop.rows")).toBe(true);
});

test("what is missing is said in Chinese, and an unknown key says itself", () => {
  const { t, te } = makeSpeech(messages, "en");
  expect(t("shop.only")).toBe("只有中文");
  expect(te("shop.only")).toBe(false);
  expect(t("shop")).toBe("shop");
  expect(t("shop.hello.length")).toBe("shop.hello.length");
  expect(t("toString")).toBe("toString");
});

test.each([
  ["shop.rows", 1, "1 row"],
  ["shop.rows", 0, "0 rows"],
  ["shop.rows", 2, "2 rows"],
  ["shop.left", 0, "none left"],
  ["shop.left", 1, "1 piece left"],
  ["shop.left", 30, "30 pieces left"],
])("%s of %i: %s", (key, count, said) => {
  const { t } = makeSpeech(messages, "en");
  expect(t(key, count)).toBe(said);
  expect(t(key, { n: count, count })).toBe(said);
});
