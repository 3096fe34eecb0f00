/** Do the counter's work with coupons: check a code, use it up, undo that. Online by the server, offline by the lease. */
import type { Schema } from "@shared/api/client";
import { Intent } from "@shared/api/intent";
import { ApiError } from "@shared/api/problem";
import { ask, isOffline, isSilence } from "./connection";
import { clerk, noteSession } from "./desk";

export type Rule = Schema<"BasketRule">;
export type SaleLine = Schema<"BasketLine">;

/** A coupon that was checked at this till. */
export interface Checked {
  claimId: string;
  couponId: string;
  /** Its text as scanned: an offline record keeps it, for the server to judge again. */
  code: string;
  name: string;
  nameEn: string;
  summary: string;
  summaryEn: string;
  rule: Rule;
  expiresAt: string | null;
  discountMinor: number | null;
  lineNumbers: number[] | null;
  /** Why it takes nothing off this basket, when it does not. */
  refusal: { code: string; zh: string; en: string } | null;
  isOffline: boolean;
  /** What a supervisor let pass the limits offline; good for the one receipt. */
  override?: Override;
}

/** A supervisor's word: who, why, and the PIN, which only the server can read. */
export interface Override {
  supervisor: string;
  reason: string;
  proof: string;
  receiptId: string;
}

/** What the supervisor typed; the PIN is sealed at once and kept nowhere. */
export interface Allowance {
  supervisor: string;
  reason: string;
  pin: string;
  receiptId: string;
}

export interface Used {
  redemptionId: string | null;
  claimId: string;
  receiptId: string;
  amountMinor: number;
  usedAt: string;
  isOffline: boolean;
}

/** What the offline side can do for the counter; it registers itself, so that online work does not load it. */
export interface OfflineCounter {
  check(code: string, lines: readonly SaleLine[], allowance?: Allowance): Promise<Checked>;
  use(checked: Checked, amountMinor: number, receiptId: string): Promise<Used>;
  undo(receiptId: string): Promise<void>;
}
let offline: OfflineCounter | null = null;
export function setOfflineCounter(counter: OfflineCounter): void {
  offline = counter;
}

/** Work online; without an answer go on offline, where there is an offline side to do it. */
async function either<T>(online: () => Promise<T>, without: ((counter: OfflineCounter) => Promise<T>) | null): Promise<T> {
  if (isOffline.value && offline && without) return without(offline);
  try {
    return await online();
  } catch (error) {
    if (isSilence(error) && isOffline.value && offline && without) return without(offline);
    noteSession(error);
    throw error;
  }
}

/** Check a coupon's code, against a basket where there is one; offline a supervisor may let it pass the limits. Throws `ApiError` with the reason. */
export function check(code: string, lines: readonly SaleLine[], allowance?: Allowance): Promise<Checked> {
  return either(
    async () => {
      const header = new Intent().header;
      const body = { code, lines: lines.map((line) => ({ ...line })) };
      return checkedOf(await ask((signal) => clerk.POST("/v1/redemptions/preparations", { params: { header }, body, signal })), code);
    },
    (counter) => counter.check(code, lines, allowance),
  );
}

function checkedOf(prepared: Schema<"Prepared">, code: string): Checked {
  const { refusal_code } = prepared;
  return {
    claimId: prepared.claim_id,
    couponId: prepared.coupon_id,
    code,
    name: prepared.name || prepared.summary,
    nameEn: prepared.name_en || prepared.summary_en,
    summary: prepared.summary,
    summaryEn: prepared.summary_en,
    rule: prepared.rule,
    expiresAt: prepared.expires_at,
    discountMinor: prepared.discount_minor ?? null,
    lineNumbers: prepared.line_numbers ?? null,
    refusal: refusal_code ? { code: refusal_code, zh: prepared.refusal_zh ?? "", en: prepared.refusal ?? "" } : null,
    isOffline: false,
  };
}

/** Use a checked coupon up for a receipt of the store's own POS. The same receipt and intent do it once. */
export function use(checked: Checked, amountMinor: number, receiptId: string, intent: Intent): Promise<Used> {
  return either(
    async () => {
      const body = { claim_id: checked.claimId, code: null, receipt_id: receiptId, amount_minor: amountMinor, lines: [] };
      const made = await ask((signal) => clerk.POST("/v1/redemptions", { params: { header: intent.header }, body, signal }));
      return { redemptionId: made.redemption_id, claimId: made.claim_id, receiptId, amountMinor: made.amount_minor, usedAt: made.redeemed_at, isOffline: false };
    },
    (counter) => counter.use(checked, amountMinor, receiptId),
  );
}

export function undoUse(used: Used, reason: string): Promise<void> {
  const id = used.redemptionId;
  if (id === null) {
    if (!offline) throw ApiError.offline(null);
    return offline.undo(used.receiptId);
  }
  return either(async () => {
    const params = { path: { redemption_id: id }, header: new Intent().header };
    await ask((signal) => clerk.POST("/v1/redemptions/{redemption_id}/reversals", { params, body: { reason }, signal }));
  }, null);
}

/** Tell what a coupon takes off a bill that the store's own POS made; null while the bill must be asked. */
export function amountFor(rule: Rule, billMinor: number | null): number | null {
  if (rule.kind === "percent") {
    if (billMinor === null) return null;
    return Math.max(0, Math.min(Math.floor((billMinor * rule.rate_bp) / 10_000), rule.cap_minor, billMinor - rule.min_payable_minor));
  }
  if (rule.kind === "exchange") return rule.cap_minor;
  if (billMinor === null) return rule.amount_minor;
  return Math.max(0, Math.min(rule.amount_minor, billMinor - rule.min_payable_minor));
}
