/** Draw a barcode's bars: Code 128, which takes letters and digits. */
import Code128 from "jsbarcode/bin/barcodes/CODE128/CODE128_AUTO";

// The package is CommonJS: tools differ in what they take for its default.
const Code = (Code128 as unknown as { default?: typeof Code128 }).default ?? Code128;

/** Give the modules from left to right: 1 is a bar, 0 a gap. */
export function barsOf(text: string): string {
  return new Code(text, {}).encode().data;
}
