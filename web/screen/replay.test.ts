import { describe, expect, it } from "vitest";
import type { ScreenTotals } from "@shared/screen-types";
import { placeAt, readReplay, seriesUpTo } from "./replay";

const START = Date.parse("2031-11-11T00:00:00Z");
const frames = [0, 10, 20, 60].map(
  (second, n) => ({ now: new Date(START + second * 1000).toISOString(), gmv_minor: n * 100, orders_count: n }) as unknown as ScreenTotals,
);

describe("a replay", () => {
  it("is asked for by the address", () => {
    expect(readReplay("?lang=zh")).toBeNull();
    expect(readReplay("?replay=start")).toEqual({ since: null, speed: 60 });
    expect(readReplay("?replay=2031-11-11T08:00:00%2B08:00&speed=10")).toEqual({ since: "2031-11-11T00:00:00.000Z", speed: 10 });
    expect(readReplay("?replay=start&speed=-3")?.speed).toBe(60);
  });
  it("shows the newest frame that had been", () => {
    expect(placeAt(frames, START - 1)).toBe(0);
    expect(placeAt(frames, START + 19_999)).toBe(1);
    expect(placeAt(frames, START + 20_000)).toBe(2);
    expect(placeAt(frames, START + 999_000)).toBe(3);
  });
  it("draws its half hour from the frames", () => {
    expect(seriesUpTo(frames, 0)).toEqual([]);
    expect(seriesUpTo(frames, 3).map((bucket) => bucket.gmv_minor)).toEqual([100, 100, 100]);
  });
});
