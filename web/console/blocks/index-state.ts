/** Keep what an index page shows (view, search, filters, sort, columns) in its address. Pure. */

export interface Sort {
  key: string;
  isDown: boolean;
}

/** What the page asks its source for. `cursor` is what the page before said of the next one. */
export interface Ask {
  q: string;
  filters: Readonly<Record<string, string>>;
  sort: Sort | null;
  cursor: string | null;
  limit: number;
}

/** A page of rows; `isCut` tells that there are more than a local source looks through. */
export interface Found<Row> {
  items: Row[];
  next_cursor?: string | null;
  isCut?: boolean;
}

/** A named set of filters, shown as a tab. The first view with no filters of its own is "all". */
export interface View {
  key: string;
  label: string;
  filters?: Readonly<Record<string, string>>;
  sort?: string;
}

export interface Shown {
  view: string;
  q: string;
  filters: Record<string, string>;
  sort: Sort | null;
  columns: string[] | null;
}

export type Query = Record<string, string | null | (string | null)[] | undefined>;

const OWN = new Set(["view", "q", "sort", "cols", "lang"]);

/** Read the address: what it names itself beats what its view stands for. Unknown filters are left out. */
export function readShown(query: Query, views: readonly View[], filterKeys: readonly string[]): Shown {
  const view = views.find((one) => one.key === text(query["view"])) ?? views[0];
  const filters: Record<string, string> = { ...view?.filters };
  for (const key of filterKeys) {
    const value = text(query[key]);
    if (value !== "") filters[key] = value;
  }
  const columns = text(query["cols"]);
  return {
    view: view?.key ?? "",
    q: text(query["q"]),
    filters,
    sort: readSort(text(query["sort"]) || (view?.sort ?? "")),
    columns: columns ? columns.split(",") : null,
  };
}

/** Write the address: only what differs from the view, so that a copied link is short. Other parts of the query are kept. */
export function writeShown(shown: Shown, views: readonly View[], query: Query, filterKeys: readonly string[]): Query {
  const view = views.find((one) => one.key === shown.view);
  const kept = Object.entries(query).filter(([key]) => key === "lang" || !(OWN.has(key) || filterKeys.includes(key)));
  const written: Query = Object.fromEntries(kept);
  if (view && view.key !== views[0]?.key) written["view"] = view.key;
  if (shown.q) written["q"] = shown.q;
  for (const [key, value] of Object.entries(shown.filters)) if (value !== (view?.filters?.[key] ?? "")) written[key] = value;
  const sort = writeSort(shown.sort);
  if (sort !== (view?.sort ?? "")) written["sort"] = sort;
  if (shown.columns) written["cols"] = shown.columns.join(",");
  return written;
}

/** "-price" is by price, the highest first. */
export function readSort(written: string): Sort | null {
  if (!written || written === "-") return null;
  return written.startsWith("-") ? { key: written.slice(1), isDown: true } : { key: written, isDown: false };
}

export function writeSort(sort: Sort | null): string {
  return sort ? (sort.isDown ? "-" : "") + sort.key : "";
}

/** Whether the filters are those of `view` and nothing more. */
export function isPlainView(shown: Shown, view: View | undefined): boolean {
  const own = view?.filters ?? {};
  const keys = new Set([...Object.keys(own), ...Object.keys(shown.filters)]);
  return shown.q === "" && [...keys].every((key) => (own[key] ?? "") === (shown.filters[key] ?? ""));
}

function text(value: Query[string]): string {
  const one = Array.isArray(value) ? value[0] : value;
  return one ?? "";
}
