/**
 * Take the payment of the basket and hold its receipt. What is sent is kept before it goes out, so that a reload, a lost answer or a
 * second tap never sells twice: the receipt's id is the till's own, and the same one gets the same answer (R35).
 */
import { reactive } from "vue";
import type { Schema } from "@shared/api/client";
import { Intent } from "@shared/api/intent";
import { ApiError } from "@shared/api/problem";
import { keep, kept } from "../lib/keep";
import { basket, clearBasket, type Line, quoted, requote, saleLines } from "./basket";
import { ask, isOffline, isSilence } from "./connection";
import { type Checked } from "./counter";
import { clerk, desk, noteSession } from "./desk";

export type TillSale = Schema<"TillSale">;
type SaleBody = Schema<"SaleBody">;

export interface ReceiptLine {
  name: string;
  name_en?: string | null;
  quantity: number;
  unit_minor: number;
  gross_minor: number;
  net_minor: number;
}

/** A receipt as it is shown and printed, whoever made it. */
export interface Receipt {
  receiptId: string;
  saleId: string | null;
  number: number | null;
  soldAt: string;
  lines: ReceiptLine[];
  grossMinor: number;
  discountMinor: number;
  totalMinor: number;
  walletMinor: number;
  cashMinor: number;
  tenderedMinor: number;
  changeMinor: number;
  clerkName: string;
  undoneAt: string | null;
  isRefund: boolean;
  isOffline: boolean;
}

export interface Tender {
  walletMinor: number;
  payCode: string | null;
  cashMinor: number;
}

interface Pending {
  body: SaleBody;
  key: string;
}

export const sale = reactive<{ receipt: Receipt | null; isFresh: boolean; pending: Pending | null; isBusy: boolean }>({
  receipt: null,
  isFresh: false,
  pending: kept<Pending>("sale"),
  isBusy: false,
});

/** What books a cash sale without the server; the offline side registers itself. */
export type OfflineSeller = (lines: readonly Line[], coupons: readonly Checked[], quote: NonNullable<typeof basket.quote>, receiptId: string, tenderedMinor: number) => Promise<Receipt>;
let offline: { sell: OfflineSeller; undo(receiptId: string): Promise<void> } | null = null;
export function setOfflineSeller(seller: NonNullable<typeof offline>): void {
  offline = seller;
}

export function receiptOf(made: TillSale): Receipt {
  return {
    receiptId: made.receipt_id,
    saleId: made.sale_id,
    number: made.receipt_number,
    soldAt: made.sold_at,
    lines: made.lines as unknown as ReceiptLine[],
    grossMinor: made.gross_minor,
    discountMinor: made.discount_minor,
    totalMinor: made.total_minor,
    walletMinor: made.wallet_minor,
    cashMinor: made.cash_minor,
    tenderedMinor: made.tendered_minor,
    changeMinor: made.change_minor,
    clerkName: desk.shift?.clerk_id === made.clerk_id ? desk.shift.clerk_name : "",
    undoneAt: made.undone_at ?? null,
    isRefund: Boolean(made.undo_approved_by),
    isOffline: false,
  };
}

/** Sell the basket. Throws `ApiError` with the reason; without an answer it stays pending, to be asked again. */
export async function sell(tender: Tender): Promise<Receipt> {
  await quoted();
  const quote = basket.quote;
  if (!quote) throw ApiError.offline(null);
  if (isOffline.value && offline) return sellOffline(tender);
  const body: SaleBody = {
    receipt_id: basket.receiptId,
    lines: saleLines(),
    claim_ids: basket.coupons.map((one) => one.claimId),
    coupon_codes: [],
    expected_total_minor: quote.total_minor,
    wallet_minor: tender.walletMinor,
    cash_tendered_minor: tender.cashMinor,
    pay_code: tender.payCode,
  };
  setPending({ body, key: new Intent().header["Idempotency-Key"] });
  return sendPending();
}

function setPending(pending: Pending | null): void {
  sale.pending = pending;
  keep("sale", pending);
}

/** Send what is pending, or ask for its outcome: the same receipt and key, so it is done once. */
export async function sendPending(): Promise<Receipt> {
  const pending = sale.pending;
  if (!pending) throw new Error("nothing is pending");
  sale.isBusy = true;
  try {
    const params = { header: { "Idempotency-Key": pending.key } };
    const made = await ask((signal) => clerk.POST("/v1/till-sales", { params, body: pending.body, signal }));
    return finish(receiptOf(made));
  } catch (error) {
    if (isSilence(error)) {
      const isCash = pending.body.wallet_minor === 0 && pending.body.receipt_id === basket.receiptId;
      if (isCash && isOffline.value && offline) return await sellOffline({ walletMinor: 0, payCode: null, cashMinor: pending.body.cash_tendered_minor ?? 0 });
      throw error;
    }
    noteSession(error);
    if (!(error instanceof ApiError && error.isSignedOut)) setPending(null);
    if (error instanceof ApiError && error.code === "price_changed") requote();
    throw error;
  } finally {
    sale.isBusy = false;
  }
}

async function sellOffline(tender: Tender): Promise<Receipt> {
  if (!offline || !basket.quote) throw ApiError.offline(null);
  return finish(await offline.sell(basket.lines, basket.coupons, basket.quote, basket.receiptId, tender.cashMinor));
}

function finish(receipt: Receipt): Receipt {
  setPending(null);
  clearBasket();
  sale.receipt = receipt;
  sale.isFresh = true;
  return receipt;
}

/** Set aside a sale whose outcome is not known; the next look at today's list tells whether it was made. */
export function giveUpPending(): void {
  setPending(null);
  basket.receiptId = crypto.randomUUID();
}

/** Undo a sale within its minute. */
export async function undoSale(receipt: Receipt): Promise<Receipt> {
  if (receipt.saleId === null) {
    if (!offline) throw ApiError.offline(null);
    await offline.undo(receipt.receiptId);
    return { ...receipt, undoneAt: new Date().toISOString() };
  }
  const params = { path: { sale_id: receipt.saleId }, header: new Intent().header };
  try {
    return receiptOf(await ask((signal) => clerk.POST("/v1/till-sales/{sale_id}/undos", { params, signal })));
  } catch (error) {
    if (isSilence(error) && isOffline.value && offline) {
      await offline.undo(receipt.receiptId);
      return { ...receipt, undoneAt: new Date().toISOString() };
    }
    noteSession(error);
    throw error;
  }
}

/** Refund a whole sale after its minute; a manager allows it by PIN. */
export async function refundSale(saleId: string, manager: string, pin: string, reason: string): Promise<Receipt> {
  const params = { path: { sale_id: saleId } };
  return receiptOf(await ask((signal) => clerk.POST("/v1/till-sales/{sale_id}/refunds", { params, body: { supervisor: manager, pin, reason }, signal }), 10));
}
