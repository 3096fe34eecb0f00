/**
 * The rolling number of the big screen: it eases to the newest total and never goes back.
 *
 * Pure state and functions; the caller brings the time (milliseconds of any steady clock) and draws.
 */
export interface Rolling {
  /** What is on the screen at `at`. It never falls while `key` stays the same. */
  readonly shown: number;
  /** The largest total heard so far; `shown` approaches it and stops there. */
  readonly target: number;
  readonly at: number;
  /** How far behind the target the ease aims, so that it arrives instead of creeping. */
  readonly beyond: number;
  /** What is being counted (a festival's id). Another key is another number, which may start lower. */
  readonly key: string;
}

/** The time in which about 63 % of the remaining way is covered. */
const EASE_MS = 450;

/** Aiming 5 % past the target, any way is done in 1.4 s: totals arrive once a second, so the digits hardly ever stand still. */
const BEYOND = 0.05;

/** Begin at `total` without counting up from zero: a screen that is switched on late shows the truth at once. */
export function startRolling(total: number, key: string, at: number): Rolling {
  return { shown: total, target: total, at, beyond: 0, key };
}

/** Hear a total. A lower one (a late replica, a correction) is ignored; the number waits until it is overtaken. */
export function hear(rolling: Rolling, total: number, key: string, at: number): Rolling {
  if (key !== rolling.key) return startRolling(total, key, at);
  const here = advance(rolling, at);
  if (!Number.isFinite(total) || total <= here.target) return here;
  return { ...here, target: total, beyond: (total - here.shown) * BEYOND };
}

/** Move towards the target by the time that passed. A clock that goes back moves nothing. */
export function advance(rolling: Rolling, at: number): Rolling {
  const elapsed = at - rolling.at;
  if (!(elapsed > 0)) return rolling;
  const aim = rolling.target + rolling.beyond;
  const shown = aim - (aim - rolling.shown) * Math.exp(-elapsed / EASE_MS);
  return { ...rolling, shown: Math.min(rolling.target, Math.max(rolling.shown, shown)), at };
}

export function isSettled(rolling: Rolling): boolean {
  return rolling.shown >= rolling.target;
}

/** A moment of a wheel's way: `offset` is the part of the whole time, 0 to 1; `position` is what `wheels` gives then. */
export interface Moment {
  readonly offset: number;
  readonly position: number;
}

/** Thirty moments a second: what turns faster than the eye is a blur at any rate, and each moment costs a picture. */
const FRAME_MS = 1000 / 30;

/**
 * Foretell how the wheels turn from `rolling.at` until the number stands: the units first, for each the moments at which it moves.
 * So the whole way can be handed to the browser at once, which turns the wheels even while the page computes.
 */
export function foretell(rolling: Rolling, count: number): { ms: number; ways: Moment[][] } {
  const ways: Moment[][] = Array.from({ length: count }, () => []);
  if (isSettled(rolling)) return { ms: 0, ways };
  const aim = rolling.target + rolling.beyond;
  const frames = Math.ceil((EASE_MS * Math.log((aim - rolling.shown) / rolling.beyond)) / FRAME_MS);
  for (let frame = 0; frame < frames; frame++) {
    const { shown } = advance(rolling, rolling.at + frame * FRAME_MS);
    wheels(shown, count).forEach((position, place) => {
      const way = ways[place]!;
      if (way.at(-1)?.position !== position) way.push({ offset: frame / frames, position });
    });
  }
  return { ms: frames * FRAME_MS, ways };
}

/**
 * Tell how far each wheel of an odometer has turned, the units first: a position of 3.5 stands half-way from 3 to 4.
 * The units wheel dwells on a digit before it turns; a higher wheel turns only while the one below passes from 9 to 0,
 * so at rest every digit stands straight.
 */
export function wheels(value: number, count: number): number[] {
  const whole = Math.max(0, Math.floor(value));
  let turning = smooth((Math.max(0, value) - whole) * 2 - 1);
  const positions: number[] = [];
  let rest = whole;
  for (let place = 0; place < count; place++) {
    const digit = rest % 10;
    positions.push(digit + turning);
    turning = digit === 9 ? turning : 0;
    rest = Math.floor(rest / 10);
  }
  return positions;
}

function smooth(x: number): number {
  const bounded = Math.min(1, Math.max(0, x));
  return bounded * bounded * (3 - 2 * bounded);
}
