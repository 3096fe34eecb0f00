/** Keep a preview of what is being written: asked a moment after the last change; late answers to older questions are dropped. */
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";
import { ApiError } from "@shared/api/problem";
import { useWords } from "../../use-words";
import { preview as ask } from "./calls";
import { learn } from "./use-goods";
import type { Preview, Terms } from "./types";

const PAUSE_MS = 350;

export interface SampleLine {
  sku_id: string;
  quantity: number;
}

export interface Asked {
  terms: Terms | null;
  currency: string;
  merchantId: string | null;
  offerId: string | null;
}

/** `asked` gives what is written; null terms (an expert's text that is no document) keep the last preview. `lines` empty: the server's sample. */
export function usePreview(asked: () => Asked): { data: ShallowRef<Preview | null>; lines: Ref<SampleLine[]>; isBusy: Ref<boolean>; wrong: Ref<string> } {
  const { t, failure } = useWords();
  const data = shallowRef<Preview | null>(null);
  const lines = ref<SampleLine[]>([]);
  const isBusy = ref(true);
  const wrong = ref("");
  let timer = 0;
  let turn = 0;

  async function read(): Promise<void> {
    const { terms, currency, merchantId, offerId } = asked();
    if (!terms) return;
    const mine = (turn += 1);
    try {
      const found = await ask({ terms, currency, merchant_id: merchantId, offer_id: offerId, lines: lines.value });
      if (mine !== turn) return;
      data.value = found;
      wrong.value = "";
      void learn((found.after ?? found.before)?.lines.map((line) => line.sku) ?? []);
    } catch (problem) {
      if (mine === turn) wrong.value = problem instanceof ApiError && problem.problem.status === 422 ? t("desk.offers.fault.incomplete") : failure(problem);
    } finally {
      if (mine === turn) isBusy.value = false;
    }
  }

  watch(
    () => JSON.stringify([asked(), lines.value]),
    () => {
      isBusy.value = true;
      window.clearTimeout(timer);
      timer = window.setTimeout(() => void read(), PAUSE_MS);
    },
    { immediate: true },
  );
  onScopeDispose(() => window.clearTimeout(timer));
  return { data, lines, isBusy, wrong };
}
