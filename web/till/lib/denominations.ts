/** Know the notes and coins of a currency: to count a drawer, and to offer the sums people hand over. Pure. */

/** From the largest to the smallest, in minor units. */
const FACES: Record<string, number[]> = {
  CNY: [10000, 5000, 2000, 1000, 500, 100, 50, 10],
  EUR: [20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1],
  USD: [10000, 5000, 2000, 1000, 500, 100, 25, 10, 5, 1],
  JPY: [10000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 1],
};
/** Where a currency's coins begin: below this, a piece is a coin. */
const NOTES_FROM: Record<string, number> = { CNY: 100, EUR: 500, USD: 100, JPY: 1000 };

export function faces(currency: string): number[] {
  return FACES[currency] ?? [10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1];
}

export function isNote(face: number, currency: string): boolean {
  return face >= (NOTES_FROM[currency] ?? 500);
}

/** Sum a count of pieces by face. */
export function total(counts: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const [face, count] of counts) sum += face * count;
  return sum;
}

/** Offer at most `limit` sums a shopper may hand over for `due`: exact first, then rounded up to each larger note. */
export function cashKeys(due: number, currency: string, limit = 5): number[] {
  if (due <= 0) return [0];
  const notes = faces(currency).filter((face) => isNote(face, currency)).sort((a, b) => a - b);
  const sums = new Set([due]);
  for (const face of notes) sums.add(Math.ceil(due / face) * face);
  const sorted = [...sums].sort((a, b) => a - b);
  return sorted.slice(0, limit);
}
