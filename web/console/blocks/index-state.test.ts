import { expect, test } from "vitest";
import { isPlainView, readShown, writeShown, type View } from "./index-state";

const VIEWS: View[] = [
  { key: "all", label: "All" },
  { key: "low", label: "Low", filters: { level: "low" }, sort: "free" },
];
const FILTERS = ["level", "store"];

test("a view stands for its filters and its sort", () => {
  expect(readShown({ view: "low" }, VIEWS, FILTERS)).toEqual({
    view: "low",
    q: "",
    filters: { level: "low" },
    sort: { key: "free", isDown: false },
    columns: null,
  });
});

test("the address beats the view, and unknown filters are left out", () => {
  const shown = readShown({ view: "low", level: "out", evil: "1", sort: "-name" }, VIEWS, FILTERS);
  expect(shown.filters).toEqual({ level: "out" });
  expect(shown.sort).toEqual({ key: "name", isDown: true });
});

test("what is written is read back the same", () => {
  const shown = { view: "low", q: "茶", filters: { level: "low", store: "str_1" }, sort: { key: "name", isDown: true }, columns: ["name", "free"] };
  const query = writeShown(shown, VIEWS, { lang: "en", level: "old" }, FILTERS);
  expect(query).toEqual({ lang: "en", view: "low", q: "茶", store: "str_1", sort: "-name", cols: "name,free" });
  expect(readShown(query, VIEWS, FILTERS)).toEqual(shown);
});

test("an unknown view is the first one, and a page without views has none", () => {
  expect(readShown({ view: "gone" }, VIEWS, FILTERS).view).toBe("all");
  expect(readShown({ view: "gone" }, [], FILTERS).view).toBe("");
});

test("a view is plain until something is added or changed", () => {
  const shown = readShown({ view: "low" }, VIEWS, FILTERS);
  expect(isPlainView(shown, VIEWS[1])).toBe(true);
  expect(isPlainView({ ...shown, filters: { ...shown.filters, store: "x" } }, VIEWS[1])).toBe(false);
});
