/** Hold the basket of the shopper in front: lines, coupons, and what they cost now. It survives a reload. */
import { computed, reactive, watch } from "vue";
import type { Schema } from "@shared/api/client";
import { ApiError } from "@shared/api/problem";
import { keep, kept } from "../lib/keep";
import { newReceiptId } from "../lib/receipt-id";
import { ask, isOffline, isSilence } from "./connection";
import { type Checked, type SaleLine } from "./counter";
import { clerk, desk, noteSession } from "./desk";
import { noteSold } from "./goods";
import { showError } from "./result";

export type Good = Schema<"TillGood">;
export type Quote = Omit<Schema<"TillQuote">, "lines" | "coupons"> & {
  lines: readonly Schema<"fairday.tills.sale_types.QuoteLine">[];
  coupons?: readonly Schema<"QuoteCoupon">[];
};

export interface Line {
  skuId: string;
  gtin: string | null;
  name: string;
  nameEn: string | null;
  unitMinor: number;
  quantity: number;
  /** The store's own POS price of the whole line, at tills that sell by it (S38). */
  posGrossMinor: number | null;
}

interface Basket {
  lines: Line[];
  coupons: Checked[];
  receiptId: string;
}

const fresh = (): Basket => ({ lines: [], coupons: [], receiptId: newReceiptId() });

export const basket = reactive<Basket & { quote: Quote | null; isQuoting: boolean; lastAdded: string | null }>({
  ...fresh(),
  ...kept<Basket>("basket"),
  quote: null,
  isQuoting: false,
  lastAdded: null,
});

watch(
  () => [basket.lines, basket.coupons, basket.receiptId],
  () => keep("basket", { lines: basket.lines, coupons: basket.coupons, receiptId: basket.receiptId }),
  { deep: true },
);

export const pieces = computed(() => basket.lines.reduce((sum, line) => sum + line.quantity, 0));
/** What is to be paid: of the last quote, else by the prices as scanned. */
export const due = computed(() => basket.quote?.total_minor ?? basket.lines.reduce((sum, line) => sum + grossOf(line), 0));

export function grossOf(line: Line): number {
  return line.posGrossMinor ?? line.unitMinor * line.quantity;
}

export function saleLines(): SaleLine[] {
  return basket.lines.map((line) => ({
    sku_id: line.skuId,
    gtin: null,
    sku: null,
    quantity: line.quantity,
    line_gross_minor: desk.till?.pos_prices ? grossOf(line) : null,
  }));
}

export function addGood(good: Good, quantity = 1): void {
  const known = basket.lines.find((line) => line.skuId === good.sku_id && line.posGrossMinor === null);
  if (known) known.quantity = Math.min(9999, known.quantity + quantity);
  else {
    basket.lines.push({
      skuId: good.sku_id,
      gtin: good.gtin ?? null,
      name: good.name,
      nameEn: good.name_en ?? null,
      unitMinor: good.price_now_minor,
      quantity,
      posGrossMinor: null,
    });
  }
  basket.lastAdded = good.sku_id;
  noteSold(good);
  requote();
}

export function setQuantity(place: number, quantity: number): void {
  const line = basket.lines[place];
  if (!line) return;
  if (quantity <= 0) basket.lines.splice(place, 1);
  else line.quantity = Math.min(9999, quantity);
  requote();
}

export function setPosPrice(place: number, grossMinor: number): void {
  const line = basket.lines[place];
  if (line) line.posGrossMinor = grossMinor;
  requote();
}

export function addCoupon(checked: Checked): void {
  basket.coupons.push(checked);
  requote();
}

export function removeCoupon(claimId: string): void {
  basket.coupons = basket.coupons.filter((one) => one.claimId !== claimId);
  requote();
}

/** Begin with the next shopper. */
export function clearBasket(): void {
  Object.assign(basket, fresh(), { quote: null, isQuoting: false, lastAdded: null });
}

/** What prices a basket without the server; the offline side registers itself. */
export type OfflinePricer = (lines: readonly Line[], coupons: readonly Checked[]) => Quote;
let offlinePricer: OfflinePricer | null = null;
export function setOfflinePricer(pricer: OfflinePricer): void {
  offlinePricer = pricer;
}

let asked = 0;
let running: Promise<void> = Promise.resolve();

/** Price the basket anew; the answer to an older question is dropped. */
export function requote(): void {
  asked += 1;
  const mine = asked;
  if (basket.lines.length === 0) {
    basket.quote = null;
    basket.isQuoting = false;
    return;
  }
  basket.isQuoting = true;
  running = price(mine).finally(() => {
    if (mine === asked) basket.isQuoting = false;
  });
}

/** Wait until the price on the screen is that of the basket. */
export async function quoted(): Promise<void> {
  let before;
  do {
    before = asked;
    await running;
  } while (before !== asked);
}

async function price(mine: number): Promise<void> {
  if (isOffline.value && offlinePricer) {
    basket.quote = offlinePricer(basket.lines, basket.coupons);
    return;
  }
  const body = { lines: saleLines(), claim_ids: basket.coupons.map((one) => one.claimId), coupon_codes: [], pay_code: null };
  try {
    const quote = await ask((signal) => clerk.POST("/v1/till-sales/quotes", { body, signal }));
    if (mine !== asked) return;
    basket.quote = quote;
    quote.lines.forEach((line, place) => {
      const shown = basket.lines[place];
      if (shown && shown.skuId === line.sku_id) shown.unitMinor = line.unit_minor;
    });
  } catch (error) {
    if (mine !== asked) return;
    if (isSilence(error)) {
      if (isOffline.value && offlinePricer) basket.quote = offlinePricer(basket.lines, basket.coupons);
      return;
    }
    noteSession(error);
    if (error instanceof ApiError && error.isSignedOut) return;
    basket.quote = null;
    recover(error);
  }
}

/** Take off what the server refused, so that the rest can be sold: the newest coupon, else the newest line. */
function recover(error: unknown): void {
  showError(error);
  if (!(error instanceof ApiError)) return;
  if (basket.coupons.length > 0 && !["bad_basket", "bad_lines"].includes(error.code)) basket.coupons.pop();
  else basket.lines.pop();
  requote();
}

if (basket.lines.length > 0) queueMicrotask(requote);
