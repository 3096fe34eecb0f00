/** Mix a page of products so that one shelf does not fill the screen: one of each category in turn, each in its own order. */
export function mixed<T extends { category_id: string | null }>(cards: readonly T[]): T[] {
  const shelves = new Map<string, T[]>();
  for (const card of cards) {
    const key = card.category_id ?? "";
    shelves.set(key, [...(shelves.get(key) ?? []), card]);
  }
  const left = [...shelves.values()];
  const found: T[] = [];
  for (let turn = 0; found.length < cards.length; turn += 1) {
    for (const shelf of left) {
      const card = shelf[turn];
      if (card) found.push(card);
    }
  }
  return found;
}
