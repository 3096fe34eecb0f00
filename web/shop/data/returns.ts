/** Preview, ask for, withdraw and read returns; what is asked for twice under one intent is done once. */
import { onScopeDispose, ref, shallowRef, watch } from "vue";
import { Intent } from "@shared/api/intent";
import { ApiError } from "@shared/api/problem";
import { answer, api, type Schema } from "./api";
import { asMember } from "./session";

export type GoodsReturn = Schema<"GoodsReturn">;
export type ReturnPreview = Schema<"ReturnPreview">;
type Lines = Schema<"ReturnPreviewBody">["lines"];

const PAUSE_MS = 250;

/** Ask what the chosen pieces give back, a moment after the last change; the newest question wins. `refusal` is why they do not go back. */
export function useReturnPreview(partId: () => string, lines: () => Lines) {
  const shown = shallowRef<ReturnPreview | null>(null);
  const refusal = shallowRef<ApiError | null>(null);
  const isBusy = ref(false);
  let asked = 0;
  let timer = 0;

  async function read(): Promise<void> {
    const mine = (asked += 1);
    if (!lines().length) {
      shown.value = refusal.value = null;
      isBusy.value = false;
      return;
    }
    isBusy.value = true;
    try {
      const found = await asMember(() => answer(api.POST("/v1/merchant-orders/{merchant_order_id}/return-previews", { params: { path: { merchant_order_id: partId() } }, body: { lines: lines() } })));
      if (mine !== asked) return;
      shown.value = found;
      refusal.value = null;
    } catch (error) {
      if (mine !== asked) return;
      if (!(error instanceof ApiError)) throw error;
      shown.value = null;
      refusal.value = error;
    } finally {
      if (mine === asked) isBusy.value = false;
    }
  }

  watch(
    () => JSON.stringify([partId(), lines()]),
    (_now, before) => {
      window.clearTimeout(timer);
      isBusy.value = lines().length > 0;
      timer = window.setTimeout(() => void read(), before === undefined ? 0 : PAUSE_MS);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    window.clearTimeout(timer);
    asked += 1;
  });
  return { shown, refusal, isBusy, read };
}

/** Ask for a return with the refund that was shown; null when the person did not sign in. Raises: ApiError. */
export function askReturn(partId: string, body: Schema<"ReturnBody">): Promise<GoodsReturn | null> {
  // The pieces stand in the intent's name: others are another return, the same ones after a lost answer are not.
  const named = `return.${partId}.${body.expected_refund_minor}.${body.lines.map((one) => `${one.line_id}x${one.quantity}`).join(".")}`;
  return settled(named, (intent) =>
    answer(api.POST("/v1/merchant-orders/{merchant_order_id}/returns", { params: { path: { merchant_order_id: partId }, header: intent.header }, body })),
  );
}

/** Keep the goods after all. Raises: ApiError. */
export function withdraw(returnId: string): Promise<GoodsReturn | null> {
  return settled(`withdraw.${returnId}`, (intent) => answer(api.POST("/v1/returns/{return_id}/withdrawals", { params: { path: { return_id: returnId }, header: intent.header } })));
}

export const readReturns = (orderId: string): Promise<GoodsReturn[]> => answer(api.GET("/v1/orders/{order_id}/returns", { params: { path: { order_id: orderId } } }));

async function settled(name: string, work: (intent: Intent) => Promise<GoodsReturn>): Promise<GoodsReturn | null> {
  const intent = new Intent(name);
  try {
    const found = await asMember(() => work(intent));
    intent.renew();
    return found;
  } catch (error) {
    // While no answer came the intent stays: it may be done, and asking again finds it.
    if (error instanceof ApiError && !error.isOffline && error.problem.status < 500) intent.renew();
    throw error;
  }
}
