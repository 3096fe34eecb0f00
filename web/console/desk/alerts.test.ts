import { expect, test } from "vitest";
import { newestOfEach } from "./alerts";

test("of each coupon and measure the highest percent is kept", () => {
  const alert = (coupon_id: string, measure: "committed" | "spent", percent: number) => ({ alert_id: `${coupon_id}${percent}`, coupon_id, measure, percent }) as never;
  const kept = newestOfEach([alert("a", "committed", 80), alert("a", "committed", 100), alert("a", "spent", 80), alert("b", "committed", 95)]);
  expect(kept.map((one) => [one.coupon_id, one.measure, one.percent])).toEqual([
    ["a", "committed", 100],
    ["a", "spent", 80],
    ["b", "committed", 95],
  ]);
});
