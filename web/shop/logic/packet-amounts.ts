/** Read an amount in yuan as it is typed, in cents; 0 when it is none. No float: 0.07 is 7, never 7.000000000000001. */
export function minorOf(text: string): number {
  const found = /^([0-9]{0,6})(?:[.。]([0-9]{0,2}))?$/.exec(text.trim());
  if (!found) return 0;
  return Number(found[1] || 0) * 100 + Number((found[2] ?? "").padEnd(2, "0"));
}
