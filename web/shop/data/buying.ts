/**
 * Place and pay orders so that nothing is doubled and nothing is lost: what is being placed is noted first, with its intent;
 * a reload, a second tap or a lost answer sends the same intent again and finds the same order.
 */
import { Intent } from "@shared/api/intent";
import { ApiError } from "@shared/api/problem";
import { parse, type CartLine } from "../logic/cart-lines";
import { answer, api, type Schema } from "./api";
import { pinAsk } from "./pin";
import { asMember } from "./session";

export type Order = Schema<"Order">;
export type OrderBody = Schema<"OrderBody">;

const PENDING = "fairday.shop.placing";
const PLACED = "fairday.shop.placed";
const BUY_NOW = "fairday.shop.buy-now";

export interface Pending {
  body: OrderBody;
  /** Keys of the cart lines that leave the cart once it is placed. */
  cartKeys: string[];
}

/** What was being placed when the page was left; null when nothing was. */
export function pendingOrder(): Pending | null {
  try {
    return JSON.parse(sessionStorage.getItem(PENDING) ?? "null") as Pending | null;
  } catch {
    return null;
  }
}

export function buyNowLines(): CartLine[] {
  return parse(sessionStorage.getItem(BUY_NOW));
}

/** Place the order under the intent that stands; null when the guest did not sign in. Raises: ApiError. */
export async function place(pending: Pending): Promise<Order | null> {
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const intent = new Intent("place-order");
  try {
    const order = await asMember(() => answer(api.POST("/v1/orders", { params: { header: intent.header }, body: pending.body })));
    // Signed in or not, a null means that nothing was asked of the server with this intent that could have been done.
    settle(intent);
    if (order) sessionStorage.setItem(PLACED, order.order_id);
    return order;
  } catch (error) {
    // While no answer came the note and the intent stay: the order may be there, and asking again finds it.
    if (error instanceof ApiError && !error.isOffline && error.problem.status < 500) settle(intent);
    throw error;
  }
}

/** The order that was just placed and not looked at yet: a reload between the two finds it. */
export function takePlaced(): string | null {
  const id = sessionStorage.getItem(PLACED);
  sessionStorage.removeItem(PLACED);
  return id;
}

function settle(intent: Intent): void {
  sessionStorage.removeItem(PENDING);
  intent.renew();
}

/** Pay a waiting order from the wallet, with the PIN when one is wanted. One intent for each order: however often it is asked, it is paid once. */
export async function pay(orderId: string, pin?: string): Promise<Order | null> {
  const intent = new Intent(`pay.${orderId}`);
  try {
    return await asMember(() =>
      answer(api.POST("/v1/orders/{order_id}/payments", { params: { path: { order_id: orderId }, header: { ...intent.header, ...(pin ? { "Fairday-Pin": pin } : {}) } }, body: { pay_with: "wallet" } })),
    );
  } catch (error) {
    if (error instanceof ApiError && !error.isOffline && error.problem.status < 500 && pinAsk(error) === null) intent.renew();
    throw error;
  }
}

export async function cancel(orderId: string): Promise<Order | null> {
  const intent = new Intent(`cancel.${orderId}`);
  return asMember(() => answer(api.POST("/v1/orders/{order_id}/cancellations", { params: { path: { order_id: orderId }, header: intent.header } })));
}

export const readOrder = (orderId: string): Promise<Order> => answer(api.GET("/v1/orders/{order_id}", { params: { path: { order_id: orderId } } }));

/** What the wallet has free in a currency, in minor units. */
export async function readFree(currency: string): Promise<number> {
  const wallet = await answer(api.GET("/v1/wallet"));
  return wallet.balances.find((one) => one.currency === currency)?.free_minor ?? 0;
}
