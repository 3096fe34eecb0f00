import { describe, expect, it } from "vitest";
import type { ScreenTotals } from "@shared/screen-types";
import { elapsed, newBursts } from "./bursts";

const totals = (records: number[], startsAt = "2031-11-11T00:00:00Z", kind = "sale"): ScreenTotals =>
  ({
    currency: "CNY",
    festival: { festival_id: "fes_1", phase: { kind, name: "开卖", name_en: null, starts_at: startsAt, ends_at: "2031-11-12T00:00:00Z" } },
    records: records.map((threshold_minor) => ({ threshold_minor, at: startsAt, elapsed_s: 61 })),
  }) as unknown as ScreenTotals;

describe("what the wall celebrates", () => {
  it("is nothing of the past when it is switched on", () => {
    expect(newBursts(null, totals([100_000]))).toEqual([]);
  });
  it("is the largest of several new records, once", () => {
    const bursts = newBursts(totals([100_000]), totals([500_000, 200_000, 100_000]));
    expect(bursts).toHaveLength(1);
    expect(bursts[0]).toMatchObject({ kind: "record", record: { threshold_minor: 500_000 } });
    expect(newBursts(totals([500_000]), totals([500_000]))).toEqual([]);
  });
  it("is a sale that opens", () => {
    const bursts = newBursts(totals([], "2031-11-10T00:00:00Z", "warm_up"), totals([]));
    expect(bursts).toMatchObject([{ kind: "opening" }]);
  });
});

describe("elapsed time", () => {
  it("is split", () => {
    expect(elapsed(3 * 3600 + 7 * 60 + 9)).toEqual({ hours: 3, minutes: 7, seconds: 9 });
    expect(elapsed(59.9)).toEqual({ hours: 0, minutes: 0, seconds: 59 });
  });
});
