import { describe, expect, test } from "vitest";
import { countdown, hearClock, serverNow } from "./clock";

describe("the server's clock", () => {
  test("runs on between messages", () => {
    expect(serverNow(hearClock(null, 1_000_000, 500), 700)).toBe(1_000_200);
  });

  test("a late message does not set it back visibly", () => {
    const clock = hearClock(hearClock(null, 1_000_000, 0), 1_001_000, 1400);
    expect(serverNow(clock, 1400)).toBe(1_001_398);
  });

  test("a jump of the festival clock is followed at once, both ways", () => {
    const clock = hearClock(null, 1_000_000, 0);
    expect(serverNow(hearClock(clock, 9_000_000, 100), 100)).toBe(9_000_000);
    expect(serverNow(hearClock(clock, 50_000, 100), 100)).toBe(50_000);
  });
});

describe("the countdown", () => {
  test.each([
    [1000, 0, { days: 0, hours: 0, minutes: 0, seconds: 1 }],
    [1000, 1, { days: 0, hours: 0, minutes: 0, seconds: 1 }],
    [1000, 1000, { days: 0, hours: 0, minutes: 0, seconds: 0 }],
    [1000, 5000, { days: 0, hours: 0, minutes: 0, seconds: 0 }],
    [93_784_000, 0, { days: 1, hours: 2, minutes: 3, seconds: 4 }],
  ])("from %i at %i", (target, now, expected) => {
    expect(countdown(target, now)).toEqual(expected);
  });
});
