import { describe, expect, test } from "vitest";
import { type Hearing, isInterrupted, judge, lastUpdate } from "./freshness";

const hearing = (change: Partial<Hearing> = {}): Hearing => ({
  startedAt: 0,
  heardAt: 10_000,
  stale: false,
  delayMs: 120,
  ...change,
});

describe("freshness", () => {
  test.each([
    ["just heard", hearing(), 10_000, "live"],
    ["five seconds of silence are allowed", hearing(), 15_000, "live"],
    ["one millisecond more is not", hearing(), 15_001, "silent"],
    ["nothing yet, still early", hearing({ heardAt: null }), 5000, "waiting"],
    ["nothing yet, too long", hearing({ heardAt: null }), 5001, "silent"],
    ["the server says so", hearing({ stale: true }), 10_001, "stopped"],
    ["five seconds behind are allowed", hearing({ delayMs: 5000 }), 10_001, "live"],
    ["more is late", hearing({ delayMs: 5001 }), 10_001, "late"],
    ["silence outranks what the last message said", hearing({ stale: true }), 16_000, "silent"],
  ] as const)("%s", (_, given, at, expected) => {
    expect(judge(given, at)).toBe(expected);
  });

  test("comes back by itself with the next message", () => {
    expect(judge(hearing({ heardAt: 10_000 }), 20_000)).toBe("silent");
    expect(judge(hearing({ heardAt: 20_000 }), 20_000)).toBe("live");
  });

  test("waiting is no interruption", () => {
    expect((["waiting", "live", "silent", "stopped", "late"] as const).filter(isInterrupted)).toEqual([
      "silent",
      "stopped",
      "late",
    ]);
  });

  test("names the last update by what stopped", () => {
    expect(lastUpdate("silent", "now", "as_of")).toBe("now");
    expect(lastUpdate("stopped", "now", "as_of")).toBe("as_of");
    expect(lastUpdate("late", "now", null)).toBe("now");
    expect(lastUpdate("silent", null, null)).toBeNull();
  });
});
