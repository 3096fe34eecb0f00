import { expect, test } from "vitest";
import { csvCell, toCsv } from "./csv";

test.each([
  ["=1+1", `"'=1+1"`],
  ["+86 138", `"'+86 138"`],
  ["-2", `"'-2"`],
  ["@SUM(A1)", `"'@SUM(A1)"`],
  ["\t=1", `"'\t=1"`],
  ["＝1", `"'＝1"`],
])("the formula %j is written as text", (given, written) => {
  expect(csvCell(given)).toBe(written);
});

test("numbers stay numbers, also below zero", () => {
  expect(csvCell(-12.5)).toBe("-12.5");
});

test("quotes, commas and line ends are kept inside one cell", () => {
  expect(csvCell('a "b", c\nd')).toBe('"a ""b"", c\nd"');
});

test("a table begins with a byte order mark and ends its lines as RFC 4180 says", () => {
  expect(toCsv(["名称", "n"], [["山茶", 1], [null, 2]])).toBe("\uFEFF名称,n\r\n山茶,1\r\n,2\r\n");
});
