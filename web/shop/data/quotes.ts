/** Ask what a cart costs with the member's best coupons; the newest question wins, older answers are dropped. */
import { onScopeDispose, ref, shallowRef, watch } from "vue";
import { ApiError } from "@shared/api/problem";
import { useI18n } from "@shared/i18n";
import { answer, api, type Schema } from "./api";
import { sentence } from "./say";

export type QuoteView = Schema<"QuoteView">;
export type Choice = Schema<"Choice">;
type Body = Schema<"fairday.checkout.types.QuoteBody">;
/** A question; what is left out has the API's default. */
export type Ask = Pick<Body, "lines" | "currency"> & Partial<Body>;

export function useQuote(ask: () => Ask | null) {
  const { t } = useI18n();
  const view = shallowRef<QuoteView | null>(null);
  const wrong = ref("");
  const refusal = shallowRef<ApiError | null>(null);
  const isBusy = ref(false);
  let asked = 0;
  let timer = 0;

  async function read(): Promise<void> {
    const asking = ask();
    const mine = (asked += 1);
    if (!asking) {
      view.value = null;
      isBusy.value = false;
      return;
    }
    isBusy.value = true;
    const body: Body = { claim_ids: [], codes: [], offers: [], choosing: "none", ship_to_region_id: null, ...asking };
    try {
      const found = await answer(api.POST("/v1/quotes", { body }));
      if (mine !== asked) return;
      view.value = found;
      wrong.value = "";
      refusal.value = null;
    } catch (error) {
      if (mine !== asked) return;
      wrong.value = sentence(error, t("offline"));
      refusal.value = error instanceof ApiError ? error : null;
    } finally {
      if (mine === asked) isBusy.value = false;
    }
  }

  watch(
    () => JSON.stringify(ask()),
    () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => void read(), 120);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    window.clearTimeout(timer);
    asked += 1;
  });
  return { view, wrong, refusal, isBusy, read };
}
