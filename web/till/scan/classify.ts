/** Tell what a scanned or typed text is, so that a clerk never has to choose first. Pure. */
import { unbase45 } from "../lib/base45";

export type Scanned =
  | { kind: "coupon"; code: string }
  | { kind: "digits"; code: string }
  | { kind: "pay"; code: string }
  | { kind: "goods"; gtin: string }
  | { kind: "setup"; code: string }
  | { kind: "receipt"; text: string; saleId: string }
  | { kind: "unknown"; text: string };

const COUPON = 0xc1;
const MEMBER = 0xc2;
const COUPON_BYTES = 101;
const MEMBER_BYTES = 87;
const SETUP = /^(?:FAIRDAY:TILL:|https?:\/\/\S+[?&]pair=)([0-9A-Z-]{8,9})/i;

const RECEIPT = /^FAIRDAY:SALE:(sal_[0-9a-zA-Z]{1,60})$/;

export function classify(raw: string): Scanned {
  // Blanks around a code are a scanner's; a code of base 45 may hold blanks inside and, rarely, at its end.
  const text = raw.normalize("NFKC").replace(/^[\t\r\n ]+|[\t\r\n]+$/g, "");
  const setup = SETUP.exec(text);
  if (setup?.[1]) return { kind: "setup", code: setup[1].toUpperCase() };
  const receipt = RECEIPT.exec(text);
  if (receipt?.[1]) return { kind: "receipt", text, saleId: receipt[1] };
  const upper = text.toUpperCase();
  const bytes = unbase45(upper);
  if (bytes?.length === COUPON_BYTES && bytes[0] === COUPON) return { kind: "coupon", code: upper };
  if (bytes?.length === MEMBER_BYTES && bytes[0] === MEMBER) return { kind: "pay", code: upper };
  const digits = text.replace(/[ -]/g, "");
  if (/^\d+$/.test(digits)) {
    if (isGtin(digits)) return { kind: "goods", gtin: digits };
    if (digits.length === 12) return { kind: "digits", code: digits };
  }
  return { kind: "unknown", text };
}

/** Tell whether the digits are a GTIN-8, -12, -13 or -14 with a right check digit. Source: GS1 General Specifications 7.9. */
export function isGtin(digits: string): boolean {
  if (!/^(\d{8}|\d{12,14})$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}
