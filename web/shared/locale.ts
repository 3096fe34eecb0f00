/** Choose the language: the address first (`?lang=en`), then what was chosen before, then the browser's wish if asked. */
export type Locale = "zh-CN" | "en";

const STORED = "fairday.lang";

export function readLocale(search: string, stored: string | null, wishes: readonly string[]): Locale {
  for (const wish of [new URLSearchParams(search).get("lang"), stored, wishes[0]]) {
    if (wish?.toLowerCase().startsWith("zh")) return "zh-CN";
    if (wish) return "en";
  }
  return "zh-CN";
}

/** Find the language to begin with: a person's page remembers the last choice and follows the browser, a wall's only its address. */
export function firstLocale(isPerson: boolean): Locale {
  return readLocale(location.search, isPerson ? (storage()?.getItem(STORED) ?? null) : null, isPerson ? navigator.languages : []);
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
