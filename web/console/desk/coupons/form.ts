/** Turn a coupon's terms into what a form holds (amounts as people write them, local times) and back. Pure. */
import type { Schema } from "@shared/api/client";
import { fractionDigits } from "@shared/format";
import { toInstant, toLocal } from "../zone-time";

export type Terms = Schema<"Terms">;
export type Hours = { weekdays: number[]; from: string; to: string };

export interface CouponForm {
  kind: Terms["kind"];
  currency: string;
  name: string;
  name_en: string;
  amount: number | null;
  percent: number | null;
  cap: number | null;
  threshold: number | null;
  exchange_sku_id: string | null;
  exchange_price: number | null;
  least: number | null;
  claim_from: string;
  claim_to: string;
  claim_phase_ids: string[];
  use_phase_ids: string[];
  days_after_claim: number | null;
  usable_from: string | null;
  usable_until: string | null;
  time_zone: string;
  hours: Hours[];
  quantity: number | null;
  budget: number | null;
  over_percent: number;
  per_day: number | null;
  per_member: number;
  per_person: number | null;
  channels: ("online" | "in_store")[];
  merchant_ids: string[];
  store_ids: string[];
  sku_ids: string[];
  category_ids: string[];
  share_platform: number;
  share_merchant: number;
  share_brand: number;
  brand: string;
  return_policy: "restore" | "forfeit";
  grace_days: number;
}

export function formOf(terms: Terms): CouponForm {
  const zone = terms.time_zone ?? "Asia/Shanghai";
  const major = (minor: number | null | undefined): number | null => (minor === null || minor === undefined ? null : minor / 10 ** fractionDigits(terms.currency));
  const local = (instant: string | null | undefined): string | null => (instant ? toLocal(instant, zone) : null);
  const share = (kind: string): number => (terms.funders.find((one) => one.kind === kind)?.share_bp ?? 0) / 100;
  return {
    kind: terms.kind,
    currency: terms.currency,
    name: terms.name ?? "",
    name_en: terms.name_en ?? "",
    amount: major(terms.amount_minor),
    percent: terms.rate_bp ? terms.rate_bp / 100 : null,
    cap: major(terms.cap_minor),
    threshold: terms.threshold_minor ? major(terms.threshold_minor) : null,
    exchange_sku_id: terms.exchange_sku_id ?? null,
    exchange_price: major(terms.exchange_price_minor),
    least: major(terms.min_payable_minor ?? 1),
    claim_from: toLocal(terms.claim_starts_at, zone),
    claim_to: toLocal(terms.claim_ends_at, zone),
    claim_phase_ids: [...(terms.claim_phase_ids ?? [])],
    use_phase_ids: [...(terms.use_phase_ids ?? [])],
    days_after_claim: terms.days_after_claim ?? null,
    usable_from: local(terms.usable_from),
    usable_until: local(terms.usable_until),
    time_zone: zone,
    hours: (terms.hours ?? []).map((one) => ({ weekdays: [...(one.weekdays ?? [1, 2, 3, 4, 5, 6, 7])], from: clock(one.from_minute ?? 0), to: clock(one.to_minute ?? 1440) })),
    quantity: terms.quantity_max,
    budget: major(terms.budget_minor),
    over_percent: (terms.over_issue_bp ?? 10_000) / 100,
    per_day: terms.per_day_max ?? null,
    per_member: terms.per_member_max ?? 1,
    per_person: terms.per_person_max ?? null,
    channels: [...(terms.channels ?? ["online", "in_store"])],
    merchant_ids: [...(terms.scope?.merchant_ids ?? [])],
    store_ids: [...(terms.scope?.store_ids ?? [])],
    sku_ids: [...(terms.scope?.sku_ids ?? [])],
    category_ids: [...(terms.scope?.category_ids ?? [])],
    share_platform: share("platform"),
    share_merchant: share("merchant"),
    share_brand: share("brand"),
    brand: terms.funders.find((one) => one.kind === "brand")?.brand ?? "",
    return_policy: terms.return_policy ?? "restore",
    grace_days: terms.grace_days ?? 0,
  };
}

/** The terms a form stands for; fields that its kind does not have are left empty. */
export function termsOf(form: CouponForm): Terms {
  const minor = (major: number | null): number | null => (major === null ? null : Math.round(major * 10 ** fractionDigits(form.currency)));
  const instant = (local: string | null): string | null => (local ? toInstant(local, form.time_zone) : null);
  const isOff = form.kind === "fixed" || form.kind === "threshold";
  const isExchange = form.kind === "exchange";
  const funders = (["platform", "merchant", "brand"] as const)
    .map((kind) => ({ kind, share_bp: Math.round(form[`share_${kind}`] * 100), brand: kind === "brand" ? form.brand.trim() : "" }))
    .filter((one) => one.share_bp > 0);
  return {
    kind: form.kind,
    currency: form.currency,
    name: form.name.trim(),
    name_en: form.name_en.trim(),
    amount_minor: isOff ? minor(form.amount) : null,
    rate_bp: form.kind === "percent" && form.percent !== null ? Math.round(form.percent * 100) : null,
    cap_minor: isOff ? null : minor(form.cap),
    threshold_minor: minor(form.threshold) ?? 0,
    exchange_sku_id: isExchange ? form.exchange_sku_id : null,
    exchange_price_minor: isExchange ? minor(form.exchange_price) : null,
    min_payable_minor: minor(form.least) ?? 0,
    funders,
    scope: { merchant_ids: form.merchant_ids, store_ids: form.store_ids, sku_ids: form.sku_ids, category_ids: form.category_ids },
    channels: form.channels,
    claim_starts_at: toInstant(form.claim_from, form.time_zone),
    claim_ends_at: toInstant(form.claim_to, form.time_zone),
    claim_phase_ids: form.claim_phase_ids,
    use_phase_ids: form.use_phase_ids,
    usable_from: instant(form.usable_from),
    usable_until: instant(form.usable_until),
    days_after_claim: form.days_after_claim,
    time_zone: form.time_zone,
    hours: form.hours.map((one) => ({ weekdays: [...one.weekdays].sort(), from_minute: minutes(one.from), to_minute: minutes(one.to) || 1440 })),
    quantity_max: form.quantity ?? 0,
    budget_minor: minor(form.budget),
    over_issue_bp: Math.round(form.over_percent * 100),
    per_day_max: form.per_day,
    per_member_max: form.per_member,
    per_person_max: form.per_person,
    return_policy: form.return_policy,
    grace_days: form.grace_days,
  };
}

/** A coupon to begin with: 20 off from 100, a thousand copies, open now for three days. */
export function firstForm(now: number, isOperator: boolean): CouponForm {
  const zone = "Asia/Shanghai";
  const start = toLocal(now - (now % 3_600_000), zone);
  return {
    ...formOf({
      kind: "threshold",
      currency: "CNY",
      amount_minor: 2000,
      threshold_minor: 10_000,
      min_payable_minor: 1,
      funders: [{ kind: isOperator ? "platform" : "merchant", share_bp: 10_000, brand: "" }],
      claim_starts_at: toInstant(start, zone),
      claim_ends_at: toInstant(start, zone),
      quantity_max: 1000,
      days_after_claim: 7,
      per_member_max: 1,
    } as Terms),
    claim_to: toLocal(now - (now % 3_600_000) + 3 * 86_400_000, zone),
  };
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

function minutes(text: string): number {
  const [hour = "0", minute = "0"] = text.split(":");
  return Number(hour) * 60 + Number(minute);
}
