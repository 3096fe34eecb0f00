import { expect, test } from "vitest";
import { arc, steps } from "./flights";

test("a flight leaves where it begins, lands where it ends and bends upwards when it goes east", () => {
  const way = steps([0, 100], [200, 100]);
  expect(way[0]).toMatchObject({ x: 0, y: 100 });
  expect(way.at(-1)).toMatchObject({ x: 200, y: 100 });
  expect(way[8]).toMatchObject({ x: 100, y: 72, turn: 0 });
  expect(arc([0, 100], [200, 100])).toBe("M0 100Q100 44 200 100");
});

test.each([[[20, 310]], [[0, 40]], [[600, 40]]] as const)("to %j it heads the way it goes, and turns little from step to step", (to) => {
  const way = steps([300, 40], to);
  for (let n = 1; n < way.length; n += 1) {
    const [before, here] = [way[n - 1]!, way[n]!];
    const went = Math.atan2(here.y - before.y, here.x - before.x);
    expect(Math.abs(Math.sin(went - before.turn))).toBeLessThan(0.1);
    expect(Math.abs(here.turn - before.turn)).toBeLessThan(0.2);
  }
});
