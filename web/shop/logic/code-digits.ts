/** The digits alone, as a barcode carries them, however they were grouped. */
export function bare(digits: string): string {
  return digits.replace(/\D/g, "");
}

/** Write a code's digits in groups of four, as people read them out. */
export function inFours(digits: string): string {
  return bare(digits).replace(/(.{4})(?=.)/g, "$1 ");
}
