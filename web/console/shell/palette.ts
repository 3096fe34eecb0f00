/** Rank what the command palette shows: pages by how well their name fits the words. Pure. */

export interface Named {
  title: string;
  words: string;
}

/** 0 for no fit; the higher the better: the whole name, its beginning, a word's beginning, anywhere, the extra words. */
export function fit(thing: Named, words: string): number {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return 1;
  const title = thing.title.toLowerCase();
  if (title === wanted) return 5;
  if (title.startsWith(wanted)) return 4;
  if (title.split(/[\s&/·]+/).some((part) => part.startsWith(wanted))) return 3;
  if (title.includes(wanted)) return 2;
  return thing.words.toLowerCase().includes(wanted) ? 1 : 0;
}

/** The things that fit, best first; equals keep their order. */
export function ranked<T extends Named>(things: readonly T[], words: string): T[] {
  return things
    .map((thing, place) => ({ thing, place, score: fit(thing, words) }))
    .filter((one) => one.score > 0)
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .map((one) => one.thing);
}
