import { expect, test } from "vitest";
import { dateOf, dayStart } from "./days";

test("a day begins at local midnight, not at the device's", () => {
  expect(new Date(dayStart(Date.parse("2026-11-10T16:00:00Z"), "Asia/Shanghai")).toISOString()).toBe("2026-11-10T16:00:00.000Z");
  expect(new Date(dayStart(Date.parse("2026-11-10T15:59:59.999Z"), "Asia/Shanghai")).toISOString()).toBe("2026-11-09T16:00:00.000Z");
});

test("a date is the local one", () => {
  expect(dateOf(Date.parse("2026-11-10T16:00:00Z"), "Asia/Shanghai")).toBe("2026-11-11");
});
