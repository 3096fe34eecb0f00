import { describe, expect, test } from "vitest";
import { legible, outline } from "./outlines";

const asIs = (degrees: readonly number[]) => [degrees[0]!, degrees[1]!] as const;

describe("the outline of a province", () => {
  test("closes each ring, holes and islands alike", () => {
    const island = [[0, 0], [9, 0], [9, 9]]; // prettier-ignore
    const hole = [[5, 2], [6, 2], [6, 3]]; // prettier-ignore
    expect(outline({ type: "Polygon", coordinates: [island, hole] }, asIs)).toBe("M0 0L9 0L9 9ZM5 2L6 2L6 3Z");
    expect(outline({ type: "MultiPolygon", coordinates: [[island], [hole]] }, asIs)).toBe("M0 0L9 0L9 9ZM5 2L6 2L6 3Z");
  });

  test("leaves out what an eye does not see, measured from the last point that was kept", () => {
    const coast = [[0, 0], [0.3, 0], [0.6, 0], [0.9, 0], [5, 5]]; // prettier-ignore
    expect(outline({ type: "Polygon", coordinates: [coast] }, asIs)).toBe("M0 0L0.6 0L5 5Z");
  });
});

describe("names on the map", () => {
  test("the later of two that would overlap is left out, and one left out hides nobody", () => {
    const labels = [
      { name: "上海市", at: [100, 100] },
      { name: "浙江省", at: [90, 108] },
      { name: "福建省", at: [88, 120] },
    ] as const;
    expect(legible(labels, 16)).toEqual([true, false, true]);
  });

  test("Latin names take half the width", () => {
    const apart = (name: string) => legible([{ name, at: [0, 0] }, { name: "x", at: [60, 0] }], 10);
    expect(apart("Shanghai")).toEqual([true, true]);
    expect(apart("上海上海上海")).toEqual([true, false]);
  });
});
