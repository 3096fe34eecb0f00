import { expect, test } from "vitest";
import { seated } from "./seats";

const first = seated([], ["a", "b", "c"]);

test("the first are seated by their places", () => {
  expect(first).toEqual([
    { seat: 0, id: "a", place: 0 },
    { seat: 1, id: "b", place: 1 },
    { seat: 2, id: "c", place: 2 },
  ]);
});

test("who overtakes keeps the seat and gets another place", () => {
  expect(seated(first, ["c", "a", "b"]).map(({ id, place }) => id + place)).toEqual(["a1", "b2", "c0"]);
});

test("a newcomer takes the seat of the one that left", () => {
  expect(seated(first, ["a", "d", "c"]).map(({ seat, id }) => seat + id)).toEqual(["0a", "1d", "2c"]);
});

test("another ranking takes the seats as they stand, so that nothing moves", () => {
  const moved = seated(first, ["c", "b", "a"]);
  expect(seated(moved, ["x", "y", "z"])).toEqual([
    { seat: 0, id: "z", place: 2 },
    { seat: 1, id: "y", place: 1 },
    { seat: 2, id: "x", place: 0 },
  ]);
});

test("fewer names leave seats, more get new ones, and no name sits twice", () => {
  expect(seated(first, ["b"])).toEqual([{ seat: 1, id: "b", place: 0 }]);
  expect(seated(first, ["a", "b", "c", "d"]).at(-1)).toEqual({ seat: 3, id: "d", place: 3 });
});
