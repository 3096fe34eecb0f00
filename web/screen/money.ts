/** Write amounts for the wall; masked for the press (`?masked=1`, or the key M), when only the shape of the night is shown. */
import { ref } from "vue";
import { compactMoney, currencySymbol } from "@shared/format";
import type { Locale } from "@shared/locale";

export const isMasked = ref(new URLSearchParams(location.search).get("masked") === "1");

export function wallMoney(minor: number, currency: string, locale: Locale, digits = 4): string {
  return isMasked.value ? `${currencySymbol(currency, locale)}＊＊＊` : compactMoney(minor, currency, locale, digits);
}
