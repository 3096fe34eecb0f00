import { expect, test } from "vitest";
import { changeOf } from "./change";

test.each([
  [120, 100, { way: "up", bp: 2000 }],
  [80, 100, { way: "down", bp: -2000 }],
  [100, 100, { way: "same", bp: 0 }],
  [5, 0, { way: "fresh", bp: 0 }],
  [-50, -100, { way: "up", bp: 5000 }],
] as const)("%d after %d", (now, before, change) => {
  expect(changeOf(now, before)).toEqual(change);
});

test("nothing is told when a figure is missing or both are zero", () => {
  expect(changeOf(null, 3)).toBeNull();
  expect(changeOf(3, undefined)).toBeNull();
  expect(changeOf(0, 0)).toBeNull();
});
