/** Follow the server's festival clock from the instants that its messages carry. Pure; the device's wall clock is never read. */
export interface ServerClock {
  /** Server time minus the page's steady clock, in milliseconds. */
  readonly offset: number;
}

/** A step larger than this is a jump of the festival clock (the sandbox does that), not the network's jitter. */
export const JUMP_MS = 1500;

/**
 * Hear an instant. A message can only arrive late, so the largest offset is the truest and a late message moves nothing;
 * a small give lets the clock follow a server whose clock is slowed down.
 */
export function hearClock(clock: ServerClock | null, serverMs: number, steadyMs: number): ServerClock {
  const offset = serverMs - steadyMs;
  if (clock === null || Math.abs(offset - clock.offset) > JUMP_MS) return { offset };
  return { offset: Math.max(offset, clock.offset - 2) };
}

export function serverNow(clock: ServerClock, steadyMs: number): number {
  return clock.offset + steadyMs;
}

export interface Countdown {
  days: number;
  hours: number;
  minutes: number;
  seconds: number;
}

/** Split what is left into days to seconds, rounded up, so that it reads zero exactly at the instant. */
export function countdown(targetMs: number, nowMs: number): Countdown {
  const left = Math.max(0, Math.ceil((targetMs - nowMs) / 1000));
  return {
    days: Math.floor(left / 86_400),
    hours: Math.floor(left / 3600) % 24,
    minutes: Math.floor(left / 60) % 60,
    seconds: left % 60,
  };
}
