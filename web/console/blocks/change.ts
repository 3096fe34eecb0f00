/** Compare a figure with the one of the period before. Pure. */
export interface Change {
  way: "up" | "down" | "same" | "fresh";
  /** The change in basis points of the figure before; 0 when there is none to compare with. */
  bp: number;
}

/** Null when there is nothing to tell: a figure is missing, or both are zero. */
export function changeOf(now: number | null | undefined, before: number | null | undefined): Change | null {
  if (now === null || now === undefined || before === null || before === undefined) return null;
  if (before === 0) return now === 0 ? null : { way: "fresh", bp: 0 };
  const bp = Math.round(((now - before) / Math.abs(before)) * 10_000);
  return { way: bp > 0 ? "up" : bp < 0 ? "down" : "same", bp };
}
