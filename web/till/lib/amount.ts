/** Type amounts as a till does: digits run in from the right, the point stands still. Pure. */
const DIGITS_MAX = 9;

/** Take one key of the pad: a digit, "00" or "back"; the amount is in minor units. */
export function press(minor: number, key: string): number {
  if (key === "back") return Math.floor(minor / 10);
  if (key === "clear") return 0;
  const next = Number(`${minor}${key}`);
  return String(next).length > DIGITS_MAX ? minor : next;
}
