/**
 * Work without the server: judge codes within the lease, write every acceptance to the log before it shows green, price baskets from
 * the catalogue on the device, and bring the log to the server when the line is back. Source: R37-R41, I9.
 */
import { shallowReactive } from "vue";
import { ApiError } from "@shared/api/problem";
import { words } from "../i18n";
import { type Good, type Line, type Quote, setOfflinePricer } from "../state/basket";
import { nowByServer, onHeard } from "../state/connection";
import { type Allowance, type Checked, type Override, type SaleLine, type Used, setOfflineCounter } from "../state/counter";
import { desk } from "../state/desk";
import { setOfflineGoods } from "../state/goods";
import { log as shown } from "../state/pending";
import { type Receipt, setOfflineSeller } from "../state/sale";
import { genesis } from "./chain";
import { readCode } from "./codes";
import { type Body, type Book, type Use, emptyBook, note, readBook } from "./journal";
import { type BasketLine, type Lease, type LeasedCoupon, apply, isWithin, judge, unitNow } from "./judge";
import { type CatalogueItem, TillLog } from "./log";
import { isSaved, nameOf } from "./save";
import { seal } from "./seal";
import { type Anchor, type Estimate, driftS, estimate, isDayOver } from "./time";

interface State {
  log: TillLog | null;
  book: Book;
  lease: Lease | null;
  anchor: Anchor | null;
  lastLoggedMs: number;
  goods: Map<string, CatalogueItem>;
  goodsCount: number;
  isStored: boolean;
}

export const state = shallowReactive<State>({ log: null, book: emptyBook(), lease: null, anchor: null, lastLoggedMs: 0, goods: new Map(), goodsCount: 0, isStored: true });

const UNDO_MS = 60_000;
const ANCHOR_EVERY_MS = 20_000;

/** Open this device's log and take over what it says; from now on the counter works without the server as well. */
export async function openLog(deviceId: string): Promise<void> {
  const log = await TillLog.open(nameOf(deviceId));
  await log.begin(deviceId, await genesis(deviceId));
  const meta = await log.meta();
  state.log = log;
  state.lease = meta?.lease ?? null;
  shown.trouble = null;
  shown.isSaved = await isSaved(log);
  state.anchor = nowByServer() === null ? (meta?.anchor ?? null) : freshAnchor(nowByServer()!);
  state.lastLoggedMs = meta?.lastLoggedMs ?? 0;
  await reread();
  takeGoods(await log.goods());
  setOfflineCounter({ check, use, undo });
  setOfflinePricer(price);
  setOfflineGoods({ byGtin, search });
  setOfflineSeller({ sell, undo });
  onHeard(keepAnchor);
  state.isStored = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
}

/** Read the log anew: after a start, and when the lease changed. */
export async function reread(): Promise<void> {
  const log = state.log;
  if (!log) return;
  const [records, meta] = await Promise.all([log.records(), log.meta()]);
  state.book = readBook(records, state.lease?.lease_id ?? null);
  shown.pendingCount = meta ? Math.max(0, meta.head.seq + 1 - meta.nextSeq) : 0;
}

export function takeGoods(items: readonly CatalogueItem[]): void {
  state.goods = new Map(items.map((item) => [item.sku_id, item]));
  state.goodsCount = items.length;
}

function freshAnchor(serverMs: number): Anchor {
  return { serverMs, deviceMs: Date.now(), steadyMs: performance.now() };
}

let keptAt = -Infinity;
function keepAnchor(serverMs: number): void {
  state.anchor = freshAnchor(serverMs);
  if (performance.now() - keptAt < ANCHOR_EVERY_MS) return;
  keptAt = performance.now();
  void state.log?.change({ anchor: { ...state.anchor, steadyMs: null } });
}

export function now(): Estimate {
  const anchor = state.anchor ?? { serverMs: Date.now(), deviceMs: Date.now(), steadyMs: null };
  return estimate(anchor, Date.now(), performance.now(), state.lastLoggedMs);
}

/** How far the device's clock was moved while the till was open, in seconds. */
export function movedS(): number {
  return state.anchor ? driftS(state.anchor, Date.now(), performance.now()) : 0;
}

function refuse(code: string, detail = "", details: Record<string, unknown> = {}): ApiError {
  return new ApiError({ type: "about:blank", title: code, status: 409, detail, code, details });
}

/** Beyond the limits: cash, the network, or a supervisor, where this lease lets one. */
function refuseOver(coupon: LeasedCoupon | null): ApiError {
  const name = coupon ? { name: coupon.terms.name || coupon.summary, name_en: coupon.terms.name_en || coupon.summary_en } : {};
  return refuse("over_limit", words("details.offline_limit"), { ...name, may_override: Boolean(coupon && state.lease?.seal_key) });
}

/** Refuse work without the server after a whole day, before the log exists, or while the lease is missing. */
function ready(): { log: TillLog; at: Estimate } {
  const at = now();
  if (!state.log || !desk.deviceId) throw ApiError.offline(null);
  if (state.anchor && isDayOver(state.anchor, at.nowMs)) throw refuse("lease_over", words("offline.day_over"));
  return { log: state.log, at };
}

async function check(code: string, lines: readonly SaleLine[], allowance?: Allowance): Promise<Checked> {
  const { at } = ready();
  const { claimId, leased } = await accept(code, at.nowMs, Boolean(allowance));
  const basket = lines.map(basketLine);
  const gives = lines.length > 0 ? apply([{ claimId, leased }], basket, basket.map((line) => line.grossMinor)).get(claimId)! : null;
  const { terms } = leased;
  // Where the sum is known already, say now that it is beyond the limits, and not when the shopper pays.
  const expected = gives?.amountMinor ?? (terms.kind === "fixed" ? leased.face_minor : 0);
  if (!allowance && !isWithin(state.lease!, leased, expected, state.book)) throw refuseOver(leased);
  return {
    ...(allowance ? { override: await sealed(allowance) } : {}),
    claimId,
    couponId: leased.coupon_id,
    code,
    name: terms.name || leased.summary,
    nameEn: terms.name_en || leased.summary_en,
    summary: leased.summary,
    summaryEn: leased.summary_en,
    rule: {
      kind: terms.kind,
      currency: terms.currency,
      amount_minor: terms.amount_minor ?? 0,
      rate_bp: terms.rate_bp ?? 0,
      cap_minor: terms.cap_minor ?? 0,
      threshold_minor: terms.threshold_minor,
      exchange_sku_id: terms.exchange_sku_id,
      exchange_price_minor: terms.exchange_price_minor ?? 0,
      min_payable_minor: terms.min_payable_minor,
      scope: terms.scope,
    },
    expiresAt: terms.usable_until,
    discountMinor: gives?.amountMinor ?? null,
    lineNumbers: gives?.lineNumbers ?? null,
    refusal: gives?.refusal ? { code: gives.refusal, zh: words("details.coupon_no_effect"), en: words("details.coupon_no_effect") } : null,
    isOffline: true,
  };
}

async function sealed({ supervisor, reason, pin, receiptId }: Allowance): Promise<Override> {
  return { supervisor, reason, receiptId, proof: await seal(pin, state.lease!.seal_key!, desk.deviceId!, receiptId) };
}

/** Tell whether a supervisor's word holds for a receipt. */
const isAllowed = (checked: Checked, receiptId: string): boolean => checked.override?.receiptId === receiptId;

/** Read and judge a code at an instant. Throws the reason. */
async function accept(code: string, nowMs: number, isPassed = false): Promise<{ claimId: string; leased: LeasedCoupon }> {
  const { lease, book } = state;
  if (/^\d{12}$/.test(code)) throw refuse("digits_offline", words("details.digits_offline"));
  if (!lease || lease.state !== "open" || nowMs >= Date.parse(lease.expires_at)) throw refuse("lease_over", words(lease ? "offline.lease_over" : "offline.lease_none"));
  const read = await readCode(code, lease.keys, nowMs, lease.code_step_s);
  if (!read.ok) throw refuse(read.code, read.code === "code_expired" ? words("details.code_expired") : "");
  const verdict = judge(lease, read.claimId, read.couponId, book, nowMs, isPassed);
  if (!verdict.ok && verdict.code === "over_limit") throw refuseOver(lease.coupons.find((one) => one.coupon_id === read.couponId) ?? null);
  if (!verdict.ok) throw refuse(verdict.code, verdict.code === "not_leased" ? words("details.offline_limit") : "");
  return { claimId: read.claimId, leased: verdict.coupon };
}

async function use(checked: Checked, amountMinor: number, receiptId: string): Promise<Used> {
  const { at } = ready();
  const { claimId, leased } = await accept(checked.code, at.nowMs, isAllowed(checked, receiptId));
  const isOver = !isWithin(state.lease!, leased, amountMinor, state.book);
  if (isOver && (!isAllowed(checked, receiptId) || amountMinor > leased.face_minor)) throw refuseOver(leased);
  const codes: Use[] = [{ code: checked.code, amount_minor: amountMinor, line_numbers: [], claim_id: claimId, coupon_id: leased.coupon_id, ...(isOver ? { is_overridden: true } : {}) }];
  await write({ kind: "redemption", receipt_id: receiptId, codes, ...(isOver ? told(checked.override!) : {}) });
  return { redemptionId: null, claimId, receiptId, amountMinor, usedAt: new Date(at.nowMs).toISOString(), isOffline: true };
}

const told = ({ supervisor, reason, proof }: Override): Pick<Body, "override" | "supervisor" | "proof"> => ({ override: reason, supervisor, proof });

type Facts = Pick<Body, "kind" | "receipt_id" | "codes" | "lines" | "total_minor" | "tendered_minor" | "text" | "override" | "supervisor" | "proof">;

/** Write what happened; when this resolves it is on the disk, and only then may anything be shown or handed out. */
async function write(facts: Facts): Promise<Body> {
  const { log, at } = ready();
  const anchor = state.anchor;
  let body: Body | null = null;
  await log.append((seq) => {
    body = {
      v: 1,
      device_id: desk.deviceId!,
      seq,
      lease_id: state.lease?.lease_id ?? "",
      happened_at: new Date(at.nowMs).toISOString(),
      clock: { server_at: new Date(anchor?.serverMs ?? at.nowMs).toISOString(), elapsed_ms: at.elapsedMs, device_at: new Date().toISOString() },
      ...(desk.shift ? { shift_id: desk.shift.shift_id, clerk_id: desk.shift.clerk_id } : {}),
      override: "",
      ...facts,
    };
    return JSON.stringify(body);
  }, at.nowMs);
  state.lastLoggedMs = Math.max(state.lastLoggedMs, at.nowMs);
  note(state.book, body!, state.lease?.lease_id ?? null);
  state.book = { ...state.book };
  shown.pendingCount += 1;
  shown.isSaved = false;
  return body!;
}

async function undo(receiptId: string): Promise<void> {
  const known = state.book.byReceipt.get(receiptId);
  if (known && now().nowMs - Date.parse(known.happened_at) > UNDO_MS) throw refuse("too_late_to_undo", words("details.too_late_offline"));
  await write({ kind: "undo", receipt_id: receiptId });
}

function basketLine(line: SaleLine): BasketLine {
  const good = state.goods.get(line.sku_id ?? "");
  const unit = good && state.lease ? unitNow(good, state.lease.phases, now().nowMs) : 0;
  return { skuId: line.sku_id ?? "", categoryId: good?.category_id ?? null, quantity: line.quantity, grossMinor: line.line_gross_minor ?? unit * line.quantity };
}

function price(lines: readonly Line[], coupons: readonly Checked[]): Quote {
  const basket = lines.map((line): BasketLine => {
    const good = state.goods.get(line.skuId);
    const unit = good && state.lease ? unitNow(good, state.lease.phases, now().nowMs) : line.unitMinor;
    return { skuId: line.skuId, categoryId: good?.category_id ?? null, quantity: line.quantity, grossMinor: line.posGrossMinor ?? unit * line.quantity };
  });
  const net = basket.map((line) => line.grossMinor);
  const leased = coupons.flatMap((one) => {
    const found = state.lease?.coupons.find((coupon) => coupon.coupon_id === one.couponId);
    return found ? [{ claimId: one.claimId, leased: found }] : [];
  });
  const gives = apply(leased, basket, net);
  const gross = basket.reduce((sum, line) => sum + line.grossMinor, 0);
  const total = net.reduce((sum, minor) => sum + minor, 0);
  return {
    currency: desk.till?.currency ?? "CNY",
    gross_minor: gross,
    discount_minor: gross - total,
    total_minor: total,
    claim_ids: coupons.map((one) => one.claimId),
    lines: basket.map((line, place) => ({
      sku_id: line.skuId,
      name: lines[place]!.name,
      quantity: line.quantity,
      unit_minor: Math.floor(line.grossMinor / Math.max(1, line.quantity)),
      gross_minor: line.grossMinor,
      net_minor: net[place]!,
    })),
    coupons: coupons.map((one) => ({ claim_id: one.claimId, discount_minor: gives.get(one.claimId)?.amountMinor ?? 0, line_numbers: gives.get(one.claimId)?.lineNumbers ?? [] })),
  };
}

/** Count the coupons of this sale that came before, as the server will. */
function withCodes(codes: readonly Use[]): Book {
  const book: Book = { ...state.book, claims: new Set(state.book.claims), byReceipt: new Map(), byCoupon: new Map(state.book.byCoupon) };
  note(book, { kind: "sale", lease_id: state.lease?.lease_id ?? "", codes: [...codes] } as unknown as Body, state.lease?.lease_id ?? null);
  return book;
}

async function sell(lines: readonly Line[], coupons: readonly Checked[], quote: Quote, receiptId: string, tenderedMinor: number): Promise<Receipt> {
  const { at } = ready();
  const priced = price(lines, coupons);
  if (priced.total_minor !== quote.total_minor) throw refuse("price_changed");
  const codes: Use[] = [];
  for (const coupon of coupons) {
    const gives = priced.coupons?.find((one) => one.claim_id === coupon.claimId);
    if (!gives || gives.discount_minor === 0) continue;
    // Its code is judged by the instant of the sale: one that has grown old is scanned again.
    const { claimId, leased } = await accept(coupon.code, at.nowMs, isAllowed(coupon, receiptId));
    const isOver = !isWithin(state.lease!, leased, gives.discount_minor, withCodes(codes));
    if (isOver && !isAllowed(coupon, receiptId)) throw refuseOver(leased);
    codes.push({ code: coupon.code, amount_minor: gives.discount_minor, line_numbers: [...gives.line_numbers], claim_id: claimId, coupon_id: leased.coupon_id, ...(isOver ? { is_overridden: true } : {}) });
  }
  const passed = coupons.find((one) => isAllowed(one, receiptId))?.override;
  const sold = priced.lines.map((line) => ({ sku_id: line.sku_id, quantity: line.quantity, gross_minor: line.gross_minor }));
  await write({ kind: "sale", receipt_id: receiptId, codes, lines: sold, total_minor: priced.total_minor, tendered_minor: tenderedMinor, ...(passed && codes.some((one) => one.is_overridden) ? told(passed) : {}) });
  return {
    receiptId,
    saleId: null,
    number: null,
    soldAt: new Date(at.nowMs).toISOString(),
    lines: priced.lines.map((line, place) => ({ ...line, name_en: lines[place]!.nameEn ?? null })),
    grossMinor: priced.gross_minor,
    discountMinor: priced.discount_minor,
    totalMinor: priced.total_minor,
    walletMinor: 0,
    cashMinor: priced.total_minor,
    tenderedMinor,
    changeMinor: tenderedMinor - priced.total_minor,
    clerkName: desk.shift?.clerk_name ?? "",
    undoneAt: null,
    isRefund: false,
    isOffline: true,
  };
}

function goodOf(item: CatalogueItem): Good {
  const unit = unitNow(item, state.lease?.phases ?? [], now().nowMs);
  return { sku_id: item.sku_id, gtin: item.gtin, name: item.name, name_en: item.name_en, options: {}, image: null, currency: item.currency, price_minor: item.price_minor, price_now_minor: unit, free: null };
}

async function byGtin(gtin: string): Promise<Good | null> {
  const full = gtin.padStart(14, "0");
  for (const item of state.goods.values()) if (item.gtin?.padStart(14, "0") === full) return goodOf(item);
  return null;
}

async function search(text: string): Promise<Good[]> {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found: Good[] = [];
  for (const item of state.goods.values()) {
    const words = `${item.name} ${item.name_en ?? ""} ${item.gtin ?? ""} ${item.sku}`.toLowerCase();
    if (wanted.every((word) => words.includes(word))) found.push(goodOf(item));
    if (found.length === 30) break;
  }
  return found;
}
