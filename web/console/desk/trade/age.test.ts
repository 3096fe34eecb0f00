import { expect, test } from "vitest";
import { ageOf } from "./age";

test.each([
  [0, { unit: "minutes", count: 0 }],
  [119, { unit: "minutes", count: 119 }],
  [120, { unit: "hours", count: 2 }],
  [2879, { unit: "hours", count: 47 }],
  [2880, { unit: "days", count: 2 }],
  [-5, { unit: "minutes", count: 0 }],
])("%i minutes", (minutes, age) => {
  expect(ageOf(new Date(0).toISOString(), minutes * 60_000)).toEqual(age);
});
