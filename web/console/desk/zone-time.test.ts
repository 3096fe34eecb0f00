import { expect, test } from "vitest";
import { toInstant, toLocal } from "./zone-time";

test.each([
  ["2026-11-11T00:00:00", "Asia/Shanghai", "2026-11-10T16:00:00.000Z"],
  ["2026-07-01T12:00:00", "Europe/Berlin", "2026-07-01T10:00:00.000Z"],
  ["2026-12-01T12:00:00", "Europe/Berlin", "2026-12-01T11:00:00.000Z"],
  ["2026-11-11T09:30:00", "Asia/Kolkata", "2026-11-11T04:00:00.000Z"],
  ["2026-11-11T00:00:00", "UTC", "2026-11-11T00:00:00.000Z"],
])("%s in %s is %s and back", (local, zone, instant) => {
  expect(toInstant(local, zone)).toBe(instant);
  expect(toLocal(instant, zone)).toBe(local);
});
