/** Give a thing without a picture a colour of its own, the same every time. */
const HUES = ["#c2231f", "#b3590a", "#217a56", "#3a55ab", "#7c3d94", "#57422a"] as const;

export function hueOf(id: string): string {
  return HUES[[...id].reduce((sum, one) => (sum * 31 + one.charCodeAt(0)) >>> 0, 7) % HUES.length] ?? HUES[0];
}
