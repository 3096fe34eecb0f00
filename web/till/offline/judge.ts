/**
 * Judge a coupon without the server, within the lease: the same order of reasons as the server's, as far as a till can know. Pure.
 * Source: R37, R38, R40, R42. What it cannot know stands in the words of `offline.not_checked`.
 */
import type { Schema } from "@shared/api/client";

export type Lease = Schema<"Lease">;
export type LeasedCoupon = Lease["coupons"][number];
type Terms = LeasedCoupon["terms"];

export interface Spent {
  count: number;
  minor: number;
}

/** What this device's own log says. */
export interface Journal {
  /** Claims that were accepted here and not undone. */
  claims: ReadonlySet<string>;
  /** Accepted in this lease: in all, and by coupon; an undo gives nothing back. */
  all: Spent;
  byCoupon: ReadonlyMap<string, Spent>;
}

export interface BasketLine {
  skuId: string;
  categoryId: string | null;
  quantity: number;
  grossMinor: number;
}

export type Verdict = { ok: true; coupon: LeasedCoupon } | { ok: false; code: string };

/**
 * Judge a claim before its amount is known: lease, used here, channel, store, hours, phases, and last the limits, which alone a
 * supervisor may let it pass (`isAllowed`, R41).
 */
export function judge(lease: Lease | null, claimId: string, couponId: string, journal: Journal, nowMs: number, isAllowed = false): Verdict {
  const no = (code: string): Verdict => ({ ok: false, code });
  if (!lease || lease.state !== "open" || nowMs >= Date.parse(lease.expires_at)) return no("lease_over");
  if (journal.claims.has(claimId)) return no("used_here");
  const coupon = lease.coupons.find((one) => one.coupon_id === couponId);
  if (!coupon) return no("not_leased");
  const spent = journal.byCoupon.get(couponId) ?? { count: 0, minor: 0 };
  const { terms } = coupon;
  if (!terms.channels.includes("in_store")) return no("wrong_channel");
  if (!coversStore(coupon, lease)) return no("wrong_store");
  if (!isInsideHours(terms, nowMs)) return no("outside_hours");
  if (coupon.windows && !coupon.windows.some((window) => isInside(window, nowMs))) return no("phase_not_open");
  if (terms.usable_from && nowMs < Date.parse(terms.usable_from)) return no("not_yet_usable");
  if (terms.usable_until && nowMs >= Date.parse(terms.usable_until)) return no("claim_expired");
  if (isAllowed) return { ok: true, coupon };
  if (coupon.face_minor > lease.limits.face_max_minor) return no("over_limit");
  if (journal.all.count >= lease.limits.count_max || spent.count >= coupon.count_max) return no("over_limit");
  return { ok: true, coupon };
}

/** Judge count and amount against what is left of the lease, as the server counts a use that nobody allowed. */
export function isWithin(lease: Lease, coupon: LeasedCoupon, amountMinor: number, journal: Journal): boolean {
  const spent = journal.byCoupon.get(coupon.coupon_id) ?? { count: 0, minor: 0 };
  return journal.all.count < lease.limits.count_max && spent.count < coupon.count_max && amountMinor <= lease.limits.face_max_minor && fits(lease, coupon, amountMinor, journal);
}

/** Judge the amount against what is left of the lease. */
export function fits(lease: Lease, coupon: LeasedCoupon, amountMinor: number, journal: Journal): boolean {
  const spent = journal.byCoupon.get(coupon.coupon_id) ?? { count: 0, minor: 0 };
  return amountMinor <= coupon.face_minor && journal.all.minor + amountMinor <= lease.limits.value_max_minor && spent.minor + amountMinor <= coupon.value_max_minor;
}

function coversStore(coupon: LeasedCoupon, lease: Lease): boolean {
  const { scope } = coupon.terms;
  if (coupon.merchant_id !== null && coupon.merchant_id !== lease.merchant_id) return false;
  if (scope.merchant_ids.length > 0 && !scope.merchant_ids.includes(lease.merchant_id)) return false;
  return scope.store_ids.length === 0 || scope.store_ids.includes(lease.store_id);
}

function isInside(window: { starts_at: string; ends_at: string }, nowMs: number): boolean {
  return Date.parse(window.starts_at) <= nowMs && nowMs < Date.parse(window.ends_at);
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function isInsideHours(terms: Terms, nowMs: number): boolean {
  if (terms.hours.length === 0) return true;
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: terms.time_zone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(nowMs);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? "";
  const minute = Number(part("hour")) * 60 + Number(part("minute"));
  const weekday = WEEKDAYS.indexOf(part("weekday")) + 1;
  return terms.hours.some((hours) => hours.weekdays.includes(weekday) && hours.from_minute <= minute && minute < hours.to_minute);
}

export interface Gives {
  amountMinor: number;
  /** Lines from 1. */
  lineNumbers: number[];
  refusal: string | null;
}

const KIND_RANK: Record<string, number> = { percent: 0, exchange: 1, threshold: 2, fixed: 3 };

/**
 * Work out what coupons take off a basket, in the engine's order: merchants' before the platform's, shares of the net before fixed
 * sums, then by claim. `net` is lowered in place. Thresholds look at the gross of eligible lines; amounts never pass the net.
 */
export function apply(coupons: readonly { claimId: string; leased: LeasedCoupon }[], lines: readonly BasketLine[], net: number[]): Map<string, Gives> {
  const given = new Map<string, Gives>();
  const level = (one: { leased: LeasedCoupon }): number => (one.leased.merchant_id === null ? 1 : 0);
  const kind = (one: { leased: LeasedCoupon }): number => KIND_RANK[one.leased.terms.kind] ?? 9;
  const sorted = [...coupons].sort((a, b) => level(a) - level(b) || kind(a) - kind(b) || (a.claimId < b.claimId ? -1 : 1));
  for (const one of sorted) given.set(one.claimId, take(one.leased.terms, lines, net));
  return given;
}

function take(terms: Terms, lines: readonly BasketLine[], net: number[]): Gives {
  const none = (refusal: string): Gives => ({ amountMinor: 0, lineNumbers: [], refusal });
  const { scope } = terms;
  const inScope = lines.flatMap((line, place) => {
    const isSku = scope.sku_ids.length === 0 || scope.sku_ids.includes(line.skuId);
    const isCategory = scope.category_ids.length === 0 || (line.categoryId !== null && scope.category_ids.includes(line.categoryId));
    return isSku && isCategory ? [place] : [];
  });
  let base = inScope.reduce((sum, place) => sum + lines[place]!.grossMinor, 0);
  let bearing = inScope;
  let amount: number;
  if (terms.kind === "exchange") {
    const target = lines.findIndex((line) => line.skuId === terms.exchange_sku_id && line.quantity > 0);
    if (target < 0) return none("nothing_eligible");
    const unit = Math.floor(lines[target]!.grossMinor / lines[target]!.quantity);
    if (inScope.includes(target)) base -= unit;
    bearing = [target];
    amount = Math.min(Math.max(0, Math.floor(net[target]! / lines[target]!.quantity) - (terms.exchange_price_minor ?? 0)), terms.cap_minor ?? 0);
  } else {
    if (inScope.length === 0) return none("nothing_eligible");
    const left = inScope.reduce((sum, place) => sum + net[place]!, 0);
    amount = terms.kind === "percent" ? Math.min(Math.floor((left * (terms.rate_bp ?? 0)) / 10_000), terms.cap_minor ?? Infinity) : Math.min(terms.amount_minor ?? 0, left);
  }
  if (base < terms.threshold_minor) return none("below_threshold");
  const total = net.reduce((sum, minor) => sum + minor, 0);
  amount = Math.max(0, Math.min(amount, total - terms.min_payable_minor));
  if (amount === 0) return none("no_effect");
  share(amount, bearing, net);
  return { amountMinor: amount, lineNumbers: bearing.map((place) => place + 1), refusal: null };
}

/** Share `amount` over the lines by their net, by largest remainder, and lower the net. */
function share(amount: number, places: readonly number[], net: number[]): void {
  const whole = places.reduce((sum, place) => sum + net[place]!, 0);
  const parts = places.map((place) => Math.floor((amount * net[place]!) / whole));
  let left = amount - parts.reduce((sum, part) => sum + part, 0);
  const order = places.map((place, at) => ({ at, rest: (amount * net[place]!) % whole })).sort((a, b) => b.rest - a.rest || a.at - b.at);
  for (const { at } of order) {
    if (left === 0) break;
    parts[at]! += 1;
    left -= 1;
  }
  places.forEach((place, at) => (net[place]! -= parts[at]!));
}

/** The unit price now: the lowest of the regular price and those of the phases that are on. */
export function unitNow(good: { price_minor: number; phase_prices: readonly { phase_id: string; price_minor: number }[] }, phases: Lease["phases"], nowMs: number): number {
  const on = new Set(phases.filter((phase) => isInside(phase, nowMs)).map((phase) => phase.phase_id));
  return good.phase_prices.reduce((best, price) => (on.has(price.phase_id) && price.price_minor < best ? price.price_minor : best), good.price_minor);
}
