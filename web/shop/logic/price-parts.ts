/** Take a price apart for its three sizes: "¥", "1,299", ".50"; empty cents are left away. */
import { currencySymbol, fractionDigits, toMajor } from "@shared/format";
import type { Locale } from "@shared/locale";

export interface PriceParts {
  sign: string;
  whole: string;
  /** With its point; empty when there are none. */
  cents: string;
}

export function priceParts(minor: number, currency: string, locale: Locale): PriceParts {
  const digits = fractionDigits(currency);
  const written = Math.abs(toMajor(minor, currency)).toFixed(digits);
  const [whole = "0", cents = ""] = written.split(".");
  return {
    sign: (minor < 0 ? "-" : "") + currencySymbol(currency, locale),
    whole: whole.replace(/\B(?=(\d{3})+$)/g, ","),
    cents: /[1-9]/.test(cents) ? `.${cents}` : "",
  };
}
