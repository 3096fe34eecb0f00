/** Write rows as CSV that a spreadsheet opens as text and never runs. Pure, but for `download`. */

export type Cell = string | number | boolean | null | undefined;

/** A cell that begins so is read as a formula by spreadsheets. Source: OWASP, CSV injection. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

/** Write a cell; text that would be a formula gets an apostrophe before it. Numbers stay numbers. */
export function csvCell(value: Cell): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\n\r']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Write a table, with a byte order mark so that spreadsheets read the Chinese right. */
export function toCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `\uFEFF${[header, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n")}\r\n`;
}

/** Hand a file to the person. */
export function download(name: string, text: string, type = "text/csv;charset=utf-8"): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
