/** Keep the rows of a ranking in their seats while names come, go and overtake: a row is made once, then it only says something else. */
export interface Seat {
  /** Which row of the page; it never changes its neighbours. */
  readonly seat: number;
  readonly id: string;
  readonly place: number;
}

/** Seat `ids`, the first in place 0: who was there stays seated, a newcomer takes the free seat that was nearest to its place. */
export function seated(before: readonly Seat[], ids: readonly string[]): Seat[] {
  const places = new Map(ids.map((id, place) => [id, place]));
  const here = new Set(before.map((one) => one.id));
  const free = before.filter((one) => !places.has(one.id));
  const after = before.flatMap((one) => (places.has(one.id) ? [{ ...one, place: places.get(one.id)! }] : []));
  let next = Math.max(-1, ...before.map((one) => one.seat)) + 1;
  for (const [id, place] of places) {
    if (here.has(id)) continue;
    free.sort((a, b) => Math.abs(b.place - place) - Math.abs(a.place - place));
    after.push({ seat: free.pop()?.seat ?? next++, id, place });
  }
  return after.sort((a, b) => a.seat - b.seat);
}
