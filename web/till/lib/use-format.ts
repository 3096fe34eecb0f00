/** Write money and times of the till in the clerk's language and the store's zone. */
import { fractionDigits, money, offerMoney, timeOfDay } from "@shared/format";
import { useI18n } from "@shared/i18n";
import { currency, desk } from "../state/desk";

export function useFormat() {
  const { t, te, locale } = useI18n();
  return {
    t,
    te,
    locale,
    money: (minor: number): string => money(minor, currency.value, locale.value),
    offer: (minor: number): string => offerMoney(minor, currency.value, locale.value),
    /** Write only the digits, for big displays beside a small symbol. */
    digits: (minor: number): string => (minor / 10 ** fractionDigits(currency.value)).toFixed(fractionDigits(currency.value)),
    time: (instant: string | number, seconds = false): string => timeOfDay(instant, desk.zone, locale.value, seconds),
    both: (zh: string, en: string | null | undefined): string => (locale.value === "en" ? en || zh : zh),
    storeName: (): string => (locale.value === "en" ? desk.storeNameEn : desk.storeName) || desk.storeName,
  };
}
