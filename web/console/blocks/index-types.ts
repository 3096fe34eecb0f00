/** What an index page is told about its rows: columns, filters, acts on many. */
import type { Cell } from "./csv";

export interface Column<Row> {
  key: string;
  label: string;
  /** What the cell says when the page gives no slot `cell-<key>` for it. */
  text?: (row: Row) => string;
  /** What the export says; `text` when left out. Money as a number in major units. */
  csv?: (row: Row) => Cell;
  align?: "start" | "end" | "center";
  /** The name of the row: links to its page, heads the card on a phone, cannot be hidden. Exactly one column. */
  isName?: boolean;
  canSort?: boolean;
  /** Not shown until chosen. */
  isExtra?: boolean;
  /** Left out on phones. */
  isWide?: boolean;
}

export interface Filter {
  key: string;
  label: string;
  /** A choice of values; without it the filter is a date (`isDate`) or free text. */
  options?: readonly { value: string; label: string }[];
  isDate?: boolean;
}

/** An act on the chosen rows; it tells how many it did. */
export interface BulkAction<Row> {
  key: string;
  label: string;
  isDanger?: boolean;
  act: (rows: Row[]) => Promise<void>;
}
