/** Write a code's digits in groups of four, as people read them out. */
export function inFours(digits: string): string {
  return digits.replace(/(.{4})(?=.)/g, "$1 ");
}
