/** Read a merchant's returns, take goods in, reject them; and count those that wait. */
import type { Schema } from "@shared/api/client";
import { Intent } from "@shared/api/intent";
import type { Tone } from "../blocks/tone";
import { api, call } from "../session";

export type GoodsReturn = Schema<"GoodsReturn">;
type Query = { limit: number; cursor?: string; status?: GoodsReturn["status"] };

/** Beyond this many the badge says "99+". */
export const COUNTED_MAX = 100;

export const readReturns = (query: Query): Promise<Schema<"Page_GoodsReturn_">> => call(() => api.GET("/v1/returns", { params: { query } }));

export const countWaiting = async (): Promise<number> => (await readReturns({ status: "requested", limit: COUNTED_MAX })).items.length;

export const returnsOf = (orderId: string): Promise<GoodsReturn[]> => call(() => api.GET("/v1/orders/{order_id}/returns", { params: { path: { order_id: orderId } } }));

/** Take the goods in; the refund is paid at once. Raises: ApiError, where somebody was faster too. */
export function takeIn(returnId: string, isSellable: boolean): Promise<GoodsReturn> {
  return settled(`take-in-${returnId}-${isSellable}`, ({ header }) => call(() => api.POST("/v1/returns/{return_id}/receptions", { params: { path: { return_id: returnId }, header }, body: { is_sellable: isSellable } })));
}

/** Do not take the goods back; the shopper reads the answer. Raises: ApiError. */
export function reject(returnId: string, answer: string): Promise<GoodsReturn> {
  return settled(`reject-${returnId}`, ({ header }) => call(() => api.POST("/v1/returns/{return_id}/rejections", { params: { path: { return_id: returnId }, header }, body: { answer } })));
}

export function returnTone(status: GoodsReturn["status"]): Tone {
  return ({ requested: "attention", refunded: "good", rejected: "critical", withdrawn: "quiet" } as const)[status];
}

async function settled<T>(name: string, work: (intent: Intent) => Promise<T>): Promise<T> {
  const intent = new Intent(name);
  try {
    return await work(intent);
  } catch (error) {
    intent.renew();
    throw error;
  }
}
