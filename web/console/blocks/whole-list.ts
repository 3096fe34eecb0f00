/** Search, filter and sort a list that the API only pages: all of it is read once (up to a bound), then looked through here. */
import type { Ask, Found } from "./index-state";

type Value = string | number | boolean | null | undefined;

export interface LookThrough<Row> {
  /** The text in which a search looks. */
  text: (row: Row) => string;
  /** What a row holds under a filter's or a column's key. */
  value: (row: Row, key: string) => Value;
  /** Decide a filter that is not plain equality; undefined leaves it to equality. */
  passes?: (row: Row, key: string, wanted: string) => boolean | undefined;
  /** How many rows are read at most. */
  max?: number;
}

interface Page<Row> {
  items: Row[];
  next_cursor?: string | null;
}

/** Read every page of a list, up to `max` rows. */
export async function readAll<Row>(read: (cursor: string | null) => Promise<Page<Row>>, max = 2000): Promise<{ rows: Row[]; isCut: boolean }> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Row> = await read(cursor);
    rows.push(...page.items);
    cursor = page.next_cursor ?? null;
  } while (cursor && rows.length < max);
  return { rows: rows.slice(0, max), isCut: cursor !== null || rows.length > max };
}

/** Make a source for an index page out of a list that is only paged. `refresh` forgets what was read. */
export function wholeList<Row>(read: (cursor: string | null) => Promise<Page<Row>>, how: LookThrough<Row>) {
  let known: Promise<{ rows: Row[]; isCut: boolean }> | null = null;
  const load = async (ask: Ask): Promise<Found<Row>> => {
    known ??= readAll(read, how.max);
    const { rows, isCut } = await known.catch((error: unknown) => {
      known = null;
      throw error;
    });
    const fitting = lookThrough(rows, ask, how);
    const begin = Number(ask.cursor ?? 0);
    const end = begin + ask.limit;
    return { items: fitting.slice(begin, end), next_cursor: end < fitting.length ? String(end) : null, isCut };
  };
  return { load, refresh: () => void (known = null) };
}

/** The rows that fit the search and every filter, in the order asked for. Pure. */
export function lookThrough<Row>(rows: readonly Row[], ask: Pick<Ask, "q" | "filters" | "sort">, how: LookThrough<Row>): Row[] {
  const words = ask.q.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = rows.filter((row) => {
    const text = words.length ? how.text(row).toLowerCase() : "";
    if (!words.every((word) => text.includes(word))) return false;
    return Object.entries(ask.filters).every(([key, wanted]) => wanted === "" || (how.passes?.(row, key, wanted) ?? String(how.value(row, key) ?? "") === wanted));
  });
  const sort = ask.sort;
  if (!sort) return fitting;
  const way = sort.isDown ? -1 : 1;
  return fitting.sort((a, b) => way * compare(how.value(a, sort.key), how.value(b, sort.key)));
}

/** Nothing comes last when ascending; text is compared as people read it, numbers within it by value. */
function compare(a: Value, b: Value): number {
  const isNoneA = a === null || a === undefined;
  const isNoneB = b === null || b === undefined;
  if (isNoneA || isNoneB) return Number(isNoneA) - Number(isNoneB);
  if (typeof a === "string" || typeof b === "string") return String(a).localeCompare(String(b), "zh-CN", { numeric: true });
  return Number(a) - Number(b);
}
