import { describe, expect, it } from "vitest";
import { minorOf } from "./packet-amounts";

describe("an amount as it is typed", () => {
  it.each([
    ["8.88", 888],
    ["0.07", 7],
    ["19.9", 1990],
    ["200", 20_000],
    [".5", 50],
    ["5.", 500],
    ["１", 0],
    ["1.234", 0],
    ["-1", 0],
    ["", 0],
  ])("%s is %i cents", (text, minor) => expect(minorOf(text)).toBe(minor));
});
