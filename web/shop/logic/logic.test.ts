import { describe, expect, test } from "vitest";
import { badLines } from "./bad-lines";
import { inFours } from "./code-digits";
import { dealSteps } from "./deal";
import { distance } from "./distance";
import { metresBetween } from "./metres";
import { nudges } from "./nudges";
import { hoursRows, weekdayAt } from "./opening";
import { optionRows, skuWith } from "./options";
import { steps, tabOf } from "./order-states";
import { readPhone } from "./phone";
import { awaited } from "./phases";
import { priceParts } from "./price-parts";
import { parseHistory, remembered } from "./search-history";
import { face, gonePercent, step } from "./tickets";
import { hoursLines } from "./usable-hours";

describe("a price on a tag", () => {
  test.each([
    [129900, "CNY", { sign: "¥", whole: "1,299", cents: "" }],
    [1990, "CNY", { sign: "¥", whole: "19", cents: ".90" }],
    [5, "CNY", { sign: "¥", whole: "0", cents: ".05" }],
    [-500, "CNY", { sign: "-¥", whole: "5", cents: "" }],
  ])("%i %s", (minor, currency, parts) => expect(priceParts(minor, currency, "zh-CN")).toEqual(parts));
});

describe("a coupon", () => {
  const fixed = { kind: "threshold" as const, currency: "CNY", face_minor: 5000, threshold_minor: 30_000 };
  test("its face says amount and threshold", () => expect(face(fixed, "zh-CN")).toEqual({ big: "¥50", from_minor: 30_000, most_minor: null }));
  test("a fifth off is eight tenths in Chinese", () => {
    const percent = { ...fixed, kind: "percent" as const, rate_bp: 2000, threshold_minor: 0 };
    expect(face(percent, "zh-CN")).toEqual({ big: "8折", from_minor: null, most_minor: 5000 });
    expect(face(percent, "en").big).toBe("20%");
  });

  const open = { claimable: true, left_count: 5, per_member_max: 2 };
  test.each([
    ["nothing claimed", open, 0, false, "claim"],
    ["one of two claimed", open, 1, false, "claim"],
    ["all claimed", open, 2, false, "use"],
    ["used up and at the limit", open, 0, true, "closed"],
    ["gone, none in hand", { ...open, claimable: false, left_count: 0, why_not: "sold_out" }, 0, false, "gone"],
    ["gone, one in hand", { ...open, claimable: false, why_not: "sold_out" }, 1, false, "use"],
    ["opens later", { ...open, claimable: false, why_not: "phase_not_open", opens_at: "2026-11-11T12:00:00Z" }, 0, false, "soon"],
    ["stopped", { ...open, claimable: false, why_not: "issue_stopped" }, 0, false, "closed"],
  ])("%s: %o", (_, coupon, unused, limit, expected) => expect(step(coupon, unused, limit)).toBe(expected));

  test("its bar is full only when it is gone", () => {
    expect(gonePercent({ left_count: 1, quantity_max: 1000 })).toBe(99);
    expect(gonePercent({ left_count: 0, quantity_max: 1000 })).toBe(100);
  });
  test("its hours are told in words", () => {
    expect(hoursLines([{ weekdays: [1, 2, 3, 4, 5], from_minute: 660, to_minute: 840 }], "zh-CN")).toEqual(["周一至周五 11:00-14:00"]);
    expect(hoursLines([{ weekdays: [6, 7] }], "en")).toEqual(["Sat, Sun 00:00-24:00"]);
  });
});

describe("how a price came about", () => {
  test("the steps sum to the total", () => {
    const told = dealSteps({ gross_minor: 30_000, total_minor: 24_500, discounts: [{ claim_id: "a", source_id: "c", amount_minor: 5000 }, { claim_id: null, source_id: "b", amount_minor: 500 }] }, 40_000);
    expect(told.map((one) => one.minor)).toEqual([40_000, -10_000, -5000, -500, 24_500]);
    expect(told.slice(0, -1).reduce((sum, one) => sum + one.minor, 0)).toBe(24_500);
  });
  test("no festival, no coupon: two lines", () => expect(dealSteps({ gross_minor: 1, total_minor: 1, discounts: [] }, 1).map((one) => one.kind)).toEqual(["list", "total"]));
});

describe("making up the sum", () => {
  const choice = (left_minor: number, merchant_id: string | null, face_minor = 5000) => ({ why_not: "below_threshold", left_minor, claim: { merchant_id, face_minor, currency: "CNY" } });
  test("the nearest coupon of each shop is told", () => {
    expect(nudges([choice(9000, null), choice(4200, null), choice(3000, "mer_1")]).map((one) => [one.merchant_id, one.left_minor])).toEqual([[null, 4200], ["mer_1", 3000]]);
  });
  test("what is far away is not told", () => expect(nudges([choice(20_001, null), { ...choice(1, null), why_not: "outside_hours" }])).toEqual([]));
});

describe("phases", () => {
  const phase = (kind: string, from: number, to: number) => ({ kind, name: kind, name_en: kind, starts_at: new Date(from).toISOString(), ends_at: new Date(to).toISOString() });
  const all = [phase("warm_up", 0, 100), phase("sale", 100, 200), phase("sale", 300, 400)];
  test.each([[50, "starts", 100], [100, "ends", 200], [250, "starts", 300], [399, "ends", 400]])("at %i", (now, what, at) => {
    expect(awaited(all, now)).toMatchObject({ what, at: new Date(at).toISOString() });
  });
  test("afterwards nothing is awaited", () => expect(awaited(all, 400)).toBeNull());
});

describe("orders", () => {
  test.each([["pending_payment", "to_pay"], ["paid", "to_receive"], ["fulfilled", "done"], ["cancelled", "closed"], ["refunded", "closed"]])("%s is under %s", (status, tab) => expect(tabOf(status)).toBe(tab));
  test("a cancelled order's story ends there", () => {
    expect(steps({ status: "cancelled", placed_at: "a", paid_at: null, closed_at: "c" }).map((one) => one.key)).toEqual(["placed", "cancelled"]);
    expect(steps({ status: "paid", placed_at: "a", paid_at: "b", closed_at: null }).map((one) => one.isDone)).toEqual([true, true, false]);
    const left = { status: "fulfilled", placed_at: "a", paid_at: "b", closed_at: null, merchant_orders: [{ fulfilled_at: "2026-11-12" }, { fulfilled_at: "2026-11-11" }] };
    expect(steps(left).at(-1)?.at).toBe("2026-11-12");
  });
  test("bad lines are read by their number", () => {
    expect(badLines("bad_lines", ["line 2: there is no SKU x on sale", "line 10: y"])).toEqual([1, 9]);
    expect(badLines("busy", ["line 2: z"])).toEqual([]);
  });
});

describe("small things", () => {
  test.each([["138 0013 8000", "+8613800138000"], ["+44 7911 123456", "+447911123456"], ["0081-90-1234-5678", "+819012345678"], ["12345", null], ["1380013800a", null]])("phone %s", (typed, read) => expect(readPhone(typed)).toBe(read));
  test("digits stand in fours", () => expect(inFours("12345 678 9012")).toBe("1234 5678 9012"));
  test.each([[3, "10 米"], [848, "850 米"], [1527, "1.5 公里"], [152_700, "153 公里"]])("%i m", (metres, words) => expect(distance(metres, "zh-CN")).toBe(words));
  test("Shanghai to Beijing is about 1,067 km", () => {
    const far = metresBetween({ latitude: 31.2304, longitude: 121.4737 }, { latitude: 39.9042, longitude: 116.4074 });
    expect(Math.round(far / 1000)).toBe(1067);
  });
  test("searches are remembered once, the newest first", () => {
    expect(remembered(["a", "b"], " b ")).toEqual(["b", "a"]);
    expect(remembered(["a"], "  ")).toEqual(["a"]);
    expect(parseHistory('["a",1]')).toEqual(["a"]);
  });
  test("days with the same hours stand together", () => {
    const hours = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, opens: "10:00", closes: "22:00" }));
    expect(hoursRows([...hours, { weekday: 6, opens: "11:00", closes: "20:00" }], 6, "zh-CN")).toEqual([
      { days: "周一至周五", times: "10:00–22:00", isToday: false },
      { days: "周六", times: "11:00–20:00", isToday: true },
    ]);
    expect(weekdayAt(Date.UTC(2026, 10, 10, 17), "Asia/Shanghai")).toBe(3);
  });
  test("combinations that do not exist cannot be chosen", () => {
    const skus = [{ sku_id: "a", options: { 颜色: "红", 尺码: "M" } }, { sku_id: "b", options: { 颜色: "蓝", 尺码: "L" } }];
    expect(optionRows(skus)).toEqual([{ name: "颜色", values: ["红", "蓝"] }, { name: "尺码", values: ["M", "L"] }]);
    expect(skuWith(skus, { 颜色: "红", 尺码: "M" }, "颜色", "蓝")).toBeNull();
    expect(skuWith(skus, { 颜色: "红", 尺码: "M" }, "尺码", "M")).toBe("a");
  });
});
