import { expect, test } from "vitest";
import { nearestRegion } from "./centres";

test.each([
  [31.2, 121.5, "CN-SH"],
  [22.54, 114.06, "CN-HK"], // Shenzhen lies nearer to Hong Kong than to Guangzhou: a guess, which the owner sees and corrects
  [39.1, 117.2, "CN-TJ"],
  [30.3, 120.1, "CN-ZJ"],
])("a point at %d, %d is guessed in %s", (latitude, longitude, region) => {
  expect(nearestRegion(latitude, longitude)).toBe(region);
});
