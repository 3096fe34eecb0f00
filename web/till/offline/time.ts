/**
 * Estimate the server's time without the server. While the page lives: the last server time plus the steady clock, which nobody can
 * set. After a restart: the device's clock plus its last known offset, never before what was logged already. Pure. Source: X18.
 */
export interface Anchor {
  /** Last server time that was heard, in milliseconds. */
  serverMs: number;
  /** Device clock then. */
  deviceMs: number;
  /** Steady clock then, in this page's life; null in an anchor of an earlier life. */
  steadyMs: number | null;
}

export interface Estimate {
  nowMs: number;
  elapsedMs: number | null;
}

export function estimate(anchor: Anchor, deviceMs: number, steadyMs: number, lastLoggedMs: number): Estimate {
  if (anchor.steadyMs !== null) {
    const elapsed = Math.max(0, Math.round(steadyMs - anchor.steadyMs));
    return { nowMs: anchor.serverMs + elapsed, elapsedMs: elapsed };
  }
  const guess = anchor.serverMs + (deviceMs - anchor.deviceMs);
  return { nowMs: Math.max(guess, anchor.serverMs, lastLoggedMs), elapsedMs: null };
}

/** How far the device's clock has moved against the steady clock, in seconds: someone set it. */
export function driftS(anchor: Anchor, deviceMs: number, steadyMs: number): number {
  if (anchor.steadyMs === null) return 0;
  return Math.round((deviceMs - anchor.deviceMs - (steadyMs - anchor.steadyMs)) / 1000);
}

/** The hard limit of working without the server. */
export const OFFLINE_MAX_MS = 24 * 3600 * 1000;

/** Tell whether the till has been without the server for its whole day. */
export function isDayOver(anchor: Anchor, nowMs: number): boolean {
  return nowMs - anchor.serverMs >= OFFLINE_MAX_MS;
}
