/** Suggest what people may mean while they type. */
import type { Locale } from "@shared/locale";
import { nameOf } from "@shared/format";
import { mixed } from "../logic/feed-mix";
import { answer, api } from "./api";

export async function readSuggestions(words: string, locale: Locale): Promise<string[]> {
  try {
    const page = await answer(api.GET("/v1/suggestions", { params: { query: { q: words, limit: 10 } } }));
    return [...new Set(page.items.map((one) => (locale === "en" && one.words_en) || one.words))];
  } catch {
    return [];
  }
}

/** What people buy most right now, by the live totals; before the first sale, what is newest. */
export async function readHot(locale: Locale): Promise<string[]> {
  try {
    const totals = await answer(api.GET("/v1/screen"));
    const sold = totals.top_products.map((one) => nameOf(one, locale));
    if (sold.length >= 4) return [...new Set(sold)].slice(0, 10);
    const page = await answer(api.GET("/v1/products", { params: { query: { limit: 40 } } }));
    return [...new Set([...sold, ...mixed(page.items).map((one) => nameOf(one, locale))])].slice(0, 10);
  } catch {
    return [];
  }
}
