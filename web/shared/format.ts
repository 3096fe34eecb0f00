/** Write numbers, money and instants for people, in their language and in the festival's time zone. */
import type { Locale } from "./locale";

/**
 * Sign and minor digits of the currencies that shops here see, as Intl writes them in both languages (a test compares). Making an
 * `Intl.NumberFormat` costs a phone tens of milliseconds while its page is being built; the others still come from there.
 */
const SIGNS: Readonly<Record<string, readonly [sign: string, digits: number]>> = {
  CNY: ["¥", 2],
  USD: ["$", 2],
  EUR: ["€", 2],
  GBP: ["£", 2],
  HKD: ["$", 2],
  SGD: ["$", 2],
  JPY: ["¥", 0],
  KRW: ["₩", 0],
};

/** Write whole minor units with `digits` after the point; null for a currency that is not in the table. */
function written(minor: number, currency: string, digits: number): string | null {
  const known = SIGNS[currency];
  if (!known || !Number.isInteger(minor)) return null;
  const [whole = "0", cents = ""] = (Math.abs(minor) / 10 ** known[1]).toFixed(digits).split(".");
  return `${minor < 0 ? "-" : ""}${known[0]}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${cents && `.${cents}`}`;
}

/** How many minor units of `currency` are written after the point (CNY 2, JPY 0, KWD 3). */
export function fractionDigits(currency: string): number {
  const known = SIGNS[currency];
  if (known) return known[1];
  let found = digitsOf.get(currency);
  if (found === undefined) digitsOf.set(currency, (found = parts(currency).maximumFractionDigits ?? 2));
  return found;
}
const digitsOf = new Map<string, number>();

export function toMajor(minor: number, currency: string): number {
  return minor / 10 ** fractionDigits(currency);
}

/** Write an amount without cents, as the screen does: ¥1,234. Cents are cut, not rounded: a total is never overstated. */
export function wholeMoney(minor: number, currency: string, locale: Locale): string {
  return formatter(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol", maximumFractionDigits: 0 }).format(
    Math.trunc(toMajor(minor, currency)),
  );
}

/** Write an amount to its last minor unit: ¥1,234.50. What a person pays is always written so. */
export function money(minor: number, currency: string, locale: Locale): string {
  return written(minor, currency, fractionDigits(currency)) ?? formatter(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(toMajor(minor, currency));
}

/** Write an amount as offers do, without empty cents: ¥50, ¥9.90. */
export function offerMoney(minor: number, currency: string, locale: Locale): string {
  const digits = minor % 10 ** fractionDigits(currency) === 0 ? 0 : fractionDigits(currency);
  return (
    written(minor, currency, digits) ??
    formatter(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(toMajor(minor, currency))
  );
}

/** Write an amount in round words: ¥1.23亿, ¥123.46M. */
export function compactMoney(minor: number, currency: string, locale: Locale, digits = 4): string {
  return formatter(locale, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    notation: "compact",
    minimumFractionDigits: 0,
    maximumSignificantDigits: digits,
  }).format(toMajor(minor, currency));
}

export function currencySymbol(currency: string, locale: Locale): string {
  const known = SIGNS[currency];
  if (known) return known[0];
  const options = { style: "currency", currency, currencyDisplay: "narrowSymbol" } as const;
  return formatter(locale, options).formatToParts(0).find((part) => part.type === "currency")?.value ?? currency;
}

export function wholeNumber(value: number, locale: Locale): string {
  return formatter(locale, { maximumFractionDigits: 0 }).format(value);
}

export function compactNumber(value: number, locale: Locale): string {
  return formatter(locale, { notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

/** One decimal below a hundred, none above: the width stays calm and the eye gets what it can use. */
export function rate(value: number, locale: Locale): string {
  const digits = value < 100 ? 1 : 0;
  return formatter(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** Split 100 % between two parts so that the two figures always add up, to one decimal. */
export function share(part: number, other: number): [number, number] | null {
  const whole = part + other;
  if (!(whole > 0)) return null;
  const first = Math.round((part / whole) * 1000) / 10;
  return [first, Math.round((100 - first) * 10) / 10];
}

export function timeOfDay(instant: string | number, zone: string, locale: Locale, seconds = true): string {
  return moment(instant, zone, locale, {
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    hourCycle: "h23",
  });
}

export function dayOf(instant: string | number, zone: string, locale: Locale): string {
  return moment(instant, zone, locale, { month: "long", day: "numeric", weekday: "short" });
}

/** Tell a thing's name in the reader's language, or in the one there is. */
export function nameOf(thing: { name: string; name_en?: string | null }, locale: Locale): string {
  return (locale === "en" ? thing.name_en : null) || thing.name;
}

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  let found = formatters.get(key);
  if (!found) formatters.set(key, (found = new Intl.NumberFormat(locale, options)));
  return found;
}

function parts(currency: string): Intl.ResolvedNumberFormatOptions {
  return formatter("en", { style: "currency", currency }).resolvedOptions();
}

const moments = new Map<string, Intl.DateTimeFormat>();

function moment(instant: string | number, zone: string, locale: Locale, options: Intl.DateTimeFormatOptions): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return "—";
  const key = locale + zone + JSON.stringify(options);
  let found = moments.get(key);
  if (!found) moments.set(key, (found = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone })));
  return found.format(date);
}
