/** Suggest what people may mean while they type. */
import { answer, api } from "./api";

export async function readSuggestions(words: string): Promise<string[]> {
  try {
    const page = await answer(api.GET("/v1/products", { params: { query: { q: words, limit: 8 } } }));
    return [...new Set(page.items.map((one) => one.name))];
  } catch {
    return [];
  }
}
