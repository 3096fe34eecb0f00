import { expect, test } from "vitest";
import { awaitedMoment } from "./phase";
import type { PhaseKind, ScreenFestival, ScreenPhase } from "./screen-types";

const phase = (kind: PhaseKind, from: number): ScreenPhase => ({
  kind,
  name: kind,
  name_en: null,
  starts_at: new Date(from).toISOString(),
  ends_at: new Date(from + 1000).toISOString(),
});
const festival = (now: ScreenPhase | null, next: ScreenPhase | null): ScreenFestival => ({
  festival_id: "fes_1",
  name: "节",
  name_en: null,
  time_zone: "Asia/Shanghai",
  phase: now,
  next_phase: next,
});

test.each([
  ["warm-up waits for the sale", phase("warm_up", 0), phase("sale", 1000), "starts", 1000],
  ["a sale before a gap waits for its end", phase("sale", 0), phase("gap", 1000), "ends", 1000],
  ["the last sale waits for its end", phase("sale", 0), null, "ends", 1000],
  ["a gap waits for the next sale", phase("gap", 0), phase("sale", 1000), "starts", 1000],
  ["before the festival", phase("before", 0), phase("warm_up", 1000), "starts", 1000],
  ["between phases", null, phase("sale", 5000), "starts", 5000],
] as const)("%s", (_, now, next, what, at) => {
  expect(awaitedMoment(festival(now, next))).toMatchObject({ what, at });
});

test("after the end, and without a festival, nobody waits", () => {
  expect(awaitedMoment(festival(phase("ended", 0), null))).toBeNull();
  expect(awaitedMoment(null)).toBeNull();
});
