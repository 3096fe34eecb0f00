import { describe, expect, test } from "vitest";
import { advance, foretell, hear, isSettled, startRolling, wheels } from "./monotone";

describe("the rolling number", () => {
  test("starts at the total that it first hears", () => {
    const rolling = startRolling(123_456, "fes_1", 0);
    expect(rolling.shown).toBe(123_456);
    expect(isSettled(rolling)).toBe(true);
  });

  test("eases to a newer total and settles exactly on it", () => {
    let rolling = hear(startRolling(1000, "fes_1", 0), 2000, "fes_1", 0);
    rolling = advance(rolling, 450);
    expect(rolling.shown).toBeGreaterThan(1500);
    expect(rolling.shown).toBeLessThan(2000);
    expect(advance(rolling, 1300).shown).toBeLessThan(2000);
    expect(advance(rolling, 1400).shown).toBe(2000);
  });

  test("ignores a lower total and one that is no number", () => {
    let rolling = hear(startRolling(1000, "fes_1", 0), 999, "fes_1", 100);
    rolling = hear(rolling, Number.NaN, "fes_1", 200);
    expect(advance(rolling, 5000).shown).toBe(1000);
  });

  test("a lower total in the middle of the way changes neither the way nor its end", () => {
    const way = hear(startRolling(0, "fes_1", 0), 1_000_000, "fes_1", 0);
    const disturbed = hear(way, 10, "fes_1", 200);
    expect(advance(disturbed, 400).shown).toBeCloseTo(advance(way, 400).shown, 3);
    expect(disturbed.target).toBe(1_000_000);
  });

  test("settles as soon after a leap of a billion as after one of ten", () => {
    for (const leap of [10, 1_000_000_000]) {
      const rolling = hear(startRolling(7, "fes_1", 0), leap, "fes_1", 0);
      expect(advance(rolling, 1400).shown).toBe(leap);
    }
  });

  test("stands still when the clock goes back", () => {
    const rolling = advance(hear(startRolling(0, "fes_1", 0), 100, "fes_1", 0), 500);
    expect(advance(rolling, 100)).toBe(rolling);
  });

  test("another festival is another number", () => {
    expect(hear(startRolling(1000, "fes_1", 0), 5, "fes_2", 100).shown).toBe(5);
  });

  test("never goes back over a long run of disordered totals and frames", () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    let rolling = startRolling(0, "fes_1", 0);
    let highest = 0;
    let at = 0;
    for (let step = 0; step < 20_000; step++) {
      at += random() * 40 - 4;
      const before = rolling.shown;
      if (random() < 0.1) {
        const total = Math.floor(random() * step * 100);
        highest = Math.max(highest, total);
        rolling = hear(rolling, total, "fes_1", at);
      } else rolling = advance(rolling, at);
      expect(rolling.shown).toBeGreaterThanOrEqual(before);
      expect(rolling.shown).toBeLessThanOrEqual(highest);
    }
  });
});

describe("the wheels of the odometer", () => {
  test("stand straight on a whole number", () => {
    expect(wheels(1209, 5)).toEqual([9, 0, 2, 1, 0]);
  });

  test("dwell for the first half of a step", () => {
    expect(wheels(3.5, 2)).toEqual([3, 0]);
  });

  test("carry to every wheel above a nine, and to no other", () => {
    const [units, tens, hundreds, thousands] = wheels(299.75, 4);
    expect(units).toBeCloseTo(9.5);
    expect(tens).toBeCloseTo(9.5);
    expect(hundreds).toBeCloseTo(2.5);
    expect(thousands).toBe(0);
  });

  test("turn forward only, from 99 to 101", () => {
    let last = 0;
    for (let value = 99; value < 101; value += 0.01) {
      const [, , hundreds] = wheels(value, 3);
      expect(hundreds).toBeGreaterThanOrEqual(last);
      last = hundreds ?? 0;
    }
  });

  test("stay exact for the largest safe total", () => {
    const digits = wheels(9_007_199_254_740_991, 16).reverse().join("");
    expect(digits).toBe("9007199254740991");
  });
});

describe("the foretold way", () => {
  const rolling = hear(startRolling(1990, "fes_1", 0), 12_000, "fes_1", 0);
  const { ms, ways } = foretell(rolling, 5);

  test("ends when the number stands, and no earlier", () => {
    expect(isSettled(advance(rolling, ms))).toBe(true);
    expect(isSettled(advance(rolling, ms - 40))).toBe(false);
  });

  test("shows at each moment what the number shows then", () => {
    const frames = Math.round(ms / (1000 / 30));
    for (const frame of [0, 1, 15, frames - 1]) {
      const shown = ways.map((way) => way.filter(({ offset }) => offset <= (frame + 0.5) / frames).at(-1)?.position);
      expect(shown).toEqual(wheels(advance(rolling, (frame * 1000) / 30).shown, 5));
    }
  });

  test("begins at once for every wheel, and names a wheel that rests only once", () => {
    expect(ways.every((way) => way[0]?.offset === 0)).toBe(true);
    expect(ways[4]!.length).toBeLessThan(ways[0]!.length);
  });

  test("is none when nothing rolls", () => {
    expect(foretell(startRolling(7, "fes_1", 0), 1)).toEqual({ ms: 0, ways: [[]] });
  });
});
