import JsBarcode from "jsbarcode";
import { expect, test } from "vitest";
import { barsOf } from "./bars";

test.each(["123456789012", "FD1.abcXYZ-09", "A1", "00000000000000"])("the bars of %s are those of the whole library", (text) => {
  const drawn: { encodings?: { data: string }[] } = {};
  JsBarcode(drawn, text, { format: "CODE128" });
  expect(barsOf(text)).toBe((drawn.encodings ?? []).map((one) => one.data).join(""));
});
