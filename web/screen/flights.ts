/** The curves that orders fly on over the map: pure geometry in pixels, x to the right, y down. */
export type Point = readonly [number, number];
export interface Step {
  x: number;
  y: number;
  /** Which way it heads, in radians, 0 to the right. */
  turn: number;
}

/** How far the curve leaves the straight way, as a part of its length. */
const BEND = 0.28;
const STEPS = 16;

function bendOf(from: Point, to: Point): Point {
  return [(from[0] + to[0]) / 2 + (to[1] - from[1]) * BEND, (from[1] + to[1]) / 2 - (to[0] - from[0]) * BEND];
}

/** The whole way as the `d` of an SVG path. */
export function arc(from: Point, to: Point): string {
  const written = (point: Point): string => point.map((one) => Number(one.toFixed(1))).join(" ");
  return `M${written(from)}Q${written(bendOf(from, to))} ${written(to)}`;
}

/** Points of the way from its beginning to its end, evenly in time. */
export function steps(from: Point, to: Point): Step[] {
  const bend = bendOf(from, to);
  let before = 0;
  return Array.from({ length: STEPS + 1 }, (_, n) => {
    const [t, rest] = [n / STEPS, 1 - n / STEPS];
    const along = (axis: 0 | 1): number => rest * rest * from[axis] + 2 * rest * t * bend[axis] + t * t * to[axis];
    const pull = (axis: 0 | 1): number => rest * (bend[axis] - from[axis]) + t * (to[axis] - bend[axis]);
    const heads = Math.atan2(pull(1), pull(0));
    // Going west the angle wraps round: turn the short way on, or the light would spin.
    before = n === 0 ? heads : before + Math.atan2(Math.sin(heads - before), Math.cos(heads - before));
    return { x: along(0), y: along(1), turn: before };
  });
}
