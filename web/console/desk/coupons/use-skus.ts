/** Find SKUs by a product's name, for pickers. */
import { shallowRef } from "vue";
import { api, call, merchantId } from "../../session";
import { useWords } from "../../use-words";

export function useSkus() {
  const { named } = useWords();
  const skus = shallowRef<{ value: string; label: string }[]>([]);
  async function find(words: string): Promise<void> {
    const own = merchantId.value ? { merchant_id: merchantId.value } : {};
    const found = await call(() => api.GET("/v1/products", { params: { query: { limit: 12, ...(words.trim() ? { q: words.trim() } : {}), ...own } } })).catch(() => null);
    const products = await Promise.all(
      (found?.items ?? []).map((card) => call(() => api.GET("/v1/products/{product_id}", { params: { path: { product_id: card.product_id } } })).catch(() => null)),
    );
    skus.value = products.flatMap((product) => (product?.skus ?? []).map((sku) => ({ value: sku.sku_id, label: product!.skus.length > 1 ? `${named(product!)} · ${sku.name || sku.external_id}` : named(product!) })));
  }
  void find("");
  return { skus, find };
}
