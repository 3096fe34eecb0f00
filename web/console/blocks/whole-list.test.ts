import { expect, test, vi } from "vitest";
import { lookThrough, readAll, wholeList, type LookThrough } from "./whole-list";

interface Tea {
  name: string;
  price: number | null;
}

const TEAS: Tea[] = [
  { name: "Green 10", price: 30 },
  { name: "Green 2", price: null },
  { name: "Black", price: 10 },
];
const HOW: LookThrough<Tea> = { text: (tea) => tea.name, value: (tea, key) => tea[key as keyof Tea] };
const ask = { q: "", filters: {}, sort: null, cursor: null, limit: 2 };

test("every word of the search must be found", () => {
  expect(lookThrough(TEAS, { ...ask, q: "green 2" }, HOW).map((tea) => tea.name)).toEqual(["Green 2"]);
});

test("numbers in names sort by value, and what has no value comes last", () => {
  const named = lookThrough(TEAS, { ...ask, sort: { key: "name", isDown: false } }, HOW);
  expect(named.map((tea) => tea.name)).toEqual(["Black", "Green 2", "Green 10"]);
  const priced = lookThrough(TEAS, { ...ask, sort: { key: "price", isDown: false } }, HOW);
  expect(priced.map((tea) => tea.price)).toEqual([10, 30, null]);
});

test("an own rule decides a filter before equality does", () => {
  const how: LookThrough<Tea> = { ...HOW, passes: (tea, key, wanted) => (key === "under" ? (tea.price ?? 99) < Number(wanted) : undefined) };
  expect(lookThrough(TEAS, { ...ask, filters: { under: "20" } }, how)).toHaveLength(1);
  expect(lookThrough(TEAS, { ...ask, filters: { name: "Black", under: "" } }, how)).toHaveLength(1);
});

test("the list is read once and paged here, and read again after a refresh", async () => {
  const read = vi.fn(async (cursor: string | null) => (cursor ? { items: TEAS.slice(2) } : { items: TEAS.slice(0, 2), next_cursor: "b" }));
  const source = wholeList(read, HOW);
  const first = await source.load(ask);
  const second = await source.load({ ...ask, cursor: first.next_cursor ?? null });
  expect([first.items.length, second.items.length, second.next_cursor]).toEqual([2, 1, null]);
  expect(read).toHaveBeenCalledTimes(2);
  source.refresh();
  await source.load(ask);
  expect(read).toHaveBeenCalledTimes(4);
});

test("reading stops at the bound and says so", async () => {
  const endless = async (): Promise<{ items: Tea[]; next_cursor: string }> => ({ items: TEAS, next_cursor: "more" });
  expect(await readAll(endless, 5)).toEqual({ rows: [...TEAS, ...TEAS.slice(0, 2)], isCut: true });
});

test("a reading that failed is not remembered", async () => {
  const read = vi.fn().mockRejectedValueOnce(new Error("offline")).mockResolvedValue({ items: TEAS });
  const source = wholeList<Tea>(read, HOW);
  await expect(source.load(ask)).rejects.toThrow("offline");
  expect((await source.load(ask)).items).toHaveLength(2);
});
