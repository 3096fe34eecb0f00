import { expect, test } from "vitest";
import { fit, ranked } from "./palette";

const page = (title: string, words = ""): { title: string; words: string } => ({ title, words });

test("a name's beginning beats its middle, and the extra words come last", () => {
  const pages = [page("Sales report", "orders"), page("Fulfil orders"), page("Orders"), page("Staff")];
  expect(ranked(pages, "orders").map((one) => one.title)).toEqual(["Orders", "Fulfil orders", "Sales report"]);
});

test("without words everything is shown in its order", () => {
  expect(ranked([page("b"), page("a")], " ").map((one) => one.title)).toEqual(["b", "a"]);
});

test("Chinese names are found by any part", () => {
  expect(fit(page("商品导入"), "导入")).toBeGreaterThan(0);
  expect(fit(page("商品导入"), "退款")).toBe(0);
});
