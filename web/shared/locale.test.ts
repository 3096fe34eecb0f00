import { expect, test } from "vitest";
import { readLocale } from "./locale";

test.each([
  ["", null, [], "zh-CN"],
  ["?lang=en", null, [], "en"],
  ["?lang=zh", "en", ["en-GB"], "zh-CN"],
  ["", "en", ["zh-CN"], "en"],
  ["", null, ["zh-TW", "en"], "zh-CN"],
  ["", null, ["en-GB", "zh"], "en"],
  ["", null, ["de"], "en"],
])("address %j, stored %j, browser %j: %s", (search, stored, wishes, expected) => {
  expect(readLocale(search, stored, wishes)).toBe(expected);
});
