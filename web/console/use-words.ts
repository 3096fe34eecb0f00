/** Write numbers, money and instants in the reader's language and the festival's zone. */
import { computed, type ComputedRef } from "vue";
import { dayOf, money, offerMoney, timeOfDay, wholeNumber } from "@shared/format";
import { useI18n } from "@shared/i18n";
import { rememberLocale, type Locale } from "@shared/locale";
import { ApiError } from "@shared/api/problem";

const ZONE = "Asia/Shanghai";

export function useWords() {
  const { t, te, locale } = useI18n();
  const lang = computed(() => locale.value as Locale) as ComputedRef<Locale>;
  return {
    t,
    te,
    lang,
    money: (minor: number, currency = "CNY") => money(minor, currency, lang.value),
    offer: (minor: number, currency = "CNY") => offerMoney(minor, currency, lang.value),
    number: (value: number) => wholeNumber(value, lang.value),
    /** 11 Nov, 20:04 */
    moment: (instant: string | null | undefined, zone = ZONE) =>
      instant ? momentFormat(lang.value, zone).format(new Date(instant)) : "—",
    day: (instant: string, zone = ZONE) => dayOf(instant, zone, lang.value),
    time: (instant: string | number, zone = ZONE) => timeOfDay(instant, zone, lang.value),
    percent: (bp: number) => new Intl.NumberFormat(lang.value, { style: "percent", maximumFractionDigits: 1 }).format(bp / 10_000),
    /** A thing's name in the reader's language. */
    named: (thing: { name: string; name_en?: string | null }) => (lang.value === "en" && thing.name_en) || thing.name,
    /** What to tell a person of a failure. */
    failure: (error: unknown) => {
      if (error instanceof ApiError) return error.isOffline ? t("shell.error.offline") : error.message;
      return t("shell.error.unknown");
    },
    switchLanguage: () => {
      const next: Locale = lang.value === "en" ? "zh-CN" : "en";
      locale.value = next;
      rememberLocale(next);
    },
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();

function momentFormat(lang: string, zone: string): Intl.DateTimeFormat {
  const key = lang + zone;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(lang, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
    formats.set(key, found);
  }
  return found;
}
