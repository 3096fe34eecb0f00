/** Read the day at this till: its sales and redemptions since local midnight, and what they sum to. */
import type { Schema } from "@shared/api/client";
import { ask, nowByServer } from "./connection";
import { clerk, desk } from "./desk";

export type Sale = Schema<"TillSale">;
export type Redemption = Schema<"Redemption">;
export type Entry = { kind: "sale"; at: string; sale: Sale } | { kind: "redemption"; at: string; redemption: Redemption };

export interface Day {
  entries: Entry[];
  salesCount: number;
  totalMinor: number;
  cashMinor: number;
  walletMinor: number;
  discountMinor: number;
  redeemedCount: number;
  since: number;
}

const PAGE = 100;
const PAGES_MAX = 20;

/** Return the instant of the last midnight in `zone`. */
export function midnight(nowMs: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).formatToParts(nowMs);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value ?? 0);
  return Math.floor(nowMs / 1000) * 1000 - ((part("hour") * 60 + part("minute")) * 60 + part("second")) * 1000;
}

export async function readDay(): Promise<Day> {
  const since = midnight(nowByServer() ?? Date.now(), desk.zone);
  const [sales, redemptions] = await Promise.all([salesSince(since), redemptionsSince(since)]);
  const inBaskets = new Set(sales.flatMap((sale) => (sale.undone_at ? [] : sale.claim_ids)));
  const standing = sales.filter((sale) => !sale.undone_at);
  const sum = (pick: (sale: Sale) => number): number => standing.reduce((total, sale) => total + pick(sale), 0);
  const entries: Entry[] = [
    ...sales.map((sale): Entry => ({ kind: "sale", at: sale.sold_at, sale })),
    ...redemptions.map((redemption): Entry => ({ kind: "redemption", at: redemption.redeemed_at, redemption })),
  ].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return {
    entries,
    salesCount: standing.length,
    totalMinor: sum((sale) => sale.total_minor),
    cashMinor: sum((sale) => sale.cash_minor),
    walletMinor: sum((sale) => sale.wallet_minor),
    discountMinor: sum((sale) => sale.discount_minor),
    redeemedCount: inBaskets.size + redemptions.filter((one) => !one.reversed_at).length,
    since,
  };
}

async function salesSince(since: number): Promise<Sale[]> {
  const found: Sale[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query = { limit: PAGE, ...(cursor ? { cursor } : {}) };
    const answer = await ask((signal) => clerk.GET("/v1/till-sales", { params: { query }, signal }));
    found.push(...answer.items.filter((sale) => Date.parse(sale.sold_at) >= since));
    const last = answer.items.at(-1);
    if (!answer.next_cursor || !last || Date.parse(last.sold_at) < since) break;
    cursor = answer.next_cursor;
  }
  return found;
}

async function redemptionsSince(since: number): Promise<Redemption[]> {
  const found: Redemption[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query = { limit: PAGE, ...(cursor ? { cursor } : {}) };
    const answer = await ask((signal) => clerk.GET("/v1/redemptions", { params: { query }, signal }));
    found.push(...answer.items.filter((one) => Date.parse(one.redeemed_at) >= since));
    const last = answer.items.at(-1);
    if (!answer.next_cursor || !last || Date.parse(last.redeemed_at) < since) break;
    cursor = answer.next_cursor;
  }
  return found;
}
