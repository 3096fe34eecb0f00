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
