/** Choose the language: the address first (`?lang=en`), then what was chosen before, then the browser's wish if asked. */
import { createI18n } from "vue-i18n";

export type Locale = "zh-CN" | "en";

const STORED = "fairday.lang";

export function readLocale(search: string, stored: string | null, wishes: readonly string[]): Locale {
  for (const wish of [new URLSearchParams(search).get("lang"), stored, wishes[0]]) {
    if (wish?.toLowerCase().startsWith("zh")) return "zh-CN";
    if (wish) return "en";
  }
  return "zh-CN";
}

/** Make the page's i18n. A wall shows Chinese unless its address says otherwise; a person's page follows the browser. */
export function makeI18n<Messages extends object>(messages: Record<Locale, Messages>, follow: "address" | "browser") {
  const person = follow === "browser";
  const locale = readLocale(location.search, person ? storage()?.getItem(STORED) ?? null : null, person ? navigator.languages : []);
  document.documentElement.lang = locale;
  return createI18n({ legacy: false, locale, fallbackLocale: "zh-CN", messages: messages as never });
}

/** Remember the choice in the address, so that a reload and a copied link keep it. */
export function rememberLocale(locale: Locale): void {
  const url = new URL(location.href);
  url.searchParams.set("lang", locale === "en" ? "en" : "zh");
  history.replaceState(null, "", url);
  document.documentElement.lang = locale;
  storage()?.setItem(STORED, locale);
}

function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
