import { expect, test } from "vitest";
import { copyToAll, toDays, toOpenings, type Opening } from "./hours";

const LUNCH: Opening = { weekday: 1, opens: "11:00", closes: "14:00" };
const NIGHT: Opening = { weekday: 1, opens: "17:00", closes: "02:00" };

test("openings become seven rows in order and come back the same", () => {
  const days = toDays([NIGHT, LUNCH]);
  expect(days).toHaveLength(7);
  expect(days[0]?.spans.map((span) => span.opens)).toEqual(["11:00", "17:00"]);
  expect(toOpenings(days)).toEqual([LUNCH, NIGHT]);
});

test("one day's hours are copied to all, each to change on its own", () => {
  const days = copyToAll(toDays([LUNCH]), 1);
  days[6]!.spans[0]!.opens = "12:00";
  expect(days[0]!.spans[0]!.opens).toBe("11:00");
  expect(toOpenings(days)).toHaveLength(7);
});
