import { expect, test } from "vitest";
import { gaps, layOut, monday, overlaps, weeksOf } from "./calendar";

const ZONE = "Asia/Shanghai";
const phase = (key: string, from: string, to: string) => ({ key, starts_at: new Date(`${from}+08:00`).toISOString(), ends_at: new Date(`${to}+08:00`).toISOString() });

test("a month has whole weeks from Monday", () => {
  expect(monday("2026-11-01")).toBe("2026-10-26");
  const weeks = weeksOf("2026-11");
  expect([weeks.length, weeks[0]?.[0], weeks.at(-1)?.[6]]).toEqual([6, "2026-10-26", "2026-12-06"]);
});

test("a phase that ends at midnight does not touch the next day", () => {
  const [week] = layOut([phase("a", "2026-11-10T20:00:00", "2026-11-12T00:00:00")], [weeksOf("2026-11")[2]!], ZONE);
  expect(week?.bars).toMatchObject([{ column: 1, days: 2, lane: 0, begins: true, ends: true }]);
});

test("overlaps take lanes, what follows takes the first lane again", () => {
  const spans = [phase("a", "2026-11-09T00:00:00", "2026-11-11T00:00:00"), phase("b", "2026-11-10T00:00:00", "2026-11-12T00:00:00"), phase("c", "2026-11-11T00:00:00", "2026-11-12T00:00:00")];
  const [week] = layOut(spans, [weeksOf("2026-11")[2]!], ZONE);
  expect(week?.bars.map((bar) => [bar.span.key, bar.lane])).toEqual([["a", 0], ["b", 1], ["c", 0]]);
  expect(week?.lanes).toBe(2);
});

test("a phase over two weeks is cut where the week ends", () => {
  const weeks = layOut([phase("a", "2026-11-14T00:00:00", "2026-11-18T00:00:00")], weeksOf("2026-11"), ZONE);
  expect(weeks[2]?.bars).toMatchObject([{ column: 5, days: 2, begins: true, ends: false }]);
  expect(weeks[3]?.bars).toMatchObject([{ column: 0, days: 2, begins: false, ends: true }]);
});

test("gaps and overlaps are found", () => {
  const spans = [phase("a", "2026-11-01T00:00:00", "2026-11-05T00:00:00"), phase("b", "2026-11-02T00:00:00", "2026-11-03T00:00:00"), phase("c", "2026-11-06T00:00:00", "2026-11-07T00:00:00")];
  expect(gaps(spans)).toEqual([{ starts_at: spans[0]!.ends_at, ends_at: spans[2]!.starts_at }]);
  expect(overlaps(spans).map(([one, other]) => one.key + other.key)).toEqual(["ab"]);
});
