/** Put every term of a coupon in plain sentences, in the reader's language. Pure: the words come from the messages. */
import type { Schema } from "@shared/api/client";

export type Terms = Schema<"Terms">;

export interface TermWords {
  t: (key: string, values?: Record<string, unknown> | number) => string;
  offer: (minor: number, currency: string) => string;
  moment: (instant: string, zone: string) => string;
  number: (value: number) => string;
  store: (id: string) => string;
  merchant: (id: string) => string;
  phase: (id: string) => string;
}

export interface TermLine {
  key: string;
  label: string;
  sentences: string[];
}

const NAMED_MAX = 4;

/** The most that one claim takes off. */
export function faceOf(terms: Pick<Terms, "amount_minor" | "cap_minor">): number {
  return terms.cap_minor ?? terms.amount_minor ?? 0;
}

export function headline(terms: Terms, words: TermWords): string {
  const { t, offer } = words;
  const threshold = terms.threshold_minor ?? 0;
  const from = threshold > 0 ? t("desk.terms.from", { sum: offer(threshold, terms.currency) }) : "";
  return from + t(`desk.terms.off_${terms.kind}`, offValues(terms, words));
}

function offValues(terms: Terms, { offer, number, t }: TermWords): Record<string, string> {
  const currency = terms.currency;
  const rate = terms.rate_bp ?? 0;
  const price = terms.exchange_price_minor ?? 0;
  return {
    sum: offer(terms.amount_minor ?? 0, currency),
    percent: number(rate / 100),
    fold: String((10_000 - rate) / 1000),
    cap: offer(terms.cap_minor ?? 0, currency),
    price: price === 0 ? t("desk.terms.free") : offer(price, currency),
  };
}

export function termLines(terms: Terms, words: TermWords): TermLine[] {
  const { t } = words;
  const line = (key: string, sentences: (string | false | null | undefined)[]): TermLine => ({
    key,
    label: t(`desk.terms.label_${key}`),
    sentences: sentences.filter((one): one is string => Boolean(one)),
  });
  return [
    line("gives", [headline(terms, words), least(terms, words)]),
    line("claim", claiming(terms, words)),
    line("use", using(terms, words)),
    line("where", where(terms, words)),
    line("what", what(terms, words)),
    line("limits", limits(terms, words)),
    line("pays", [paying(terms, words)]),
    line("back", [
      t(`desk.terms.${terms.return_policy ?? "restore"}`),
      (terms.grace_days ?? 0) > 0 && terms.return_policy !== "forfeit" ? t("desk.terms.grace", terms.grace_days ?? 0) : null,
    ]),
  ];
}

function least(terms: Terms, { t, offer }: TermWords): string | null {
  const sum = terms.min_payable_minor ?? 1;
  return sum > 0 ? t("desk.terms.least", { sum: offer(sum, terms.currency) }) : null;
}

function claiming(terms: Terms, { t, moment, phase }: TermWords): (string | null)[] {
  const zone = terms.time_zone ?? "Asia/Shanghai";
  return [
    t("desk.terms.claim_window", { from: moment(terms.claim_starts_at, zone), to: moment(terms.claim_ends_at, zone) }),
    listed(terms.claim_phase_ids, phase, (names) => t("desk.terms.claim_phases", { names })),
  ];
}

function using(terms: Terms, { t, moment, phase }: TermWords): (string | null)[] {
  const zone = terms.time_zone ?? "Asia/Shanghai";
  return [
    terms.usable_from ? t("desk.terms.use_from", { at: moment(terms.usable_from, zone) }) : null,
    terms.days_after_claim ? t("desk.terms.use_days", terms.days_after_claim) : null,
    terms.usable_until ? t("desk.terms.use_until", { at: moment(terms.usable_until, zone) }) : null,
    listed(terms.use_phase_ids, phase, (names) => t("desk.terms.use_phases", { names })),
    ...(terms.hours ?? []).map((one) =>
      t("desk.terms.hours", {
        days: (one.weekdays?.length ?? 7) === 7 ? t("desk.terms.daily") : (one.weekdays ?? []).map((day) => t(`desk.terms.weekday_${day}`)).join(t("desk.terms.comma")),
        from: clock(one.from_minute ?? 0),
        to: clock(one.to_minute ?? 1440),
      }),
    ),
  ];
}

function where(terms: Terms, { t, store, merchant }: TermWords): (string | null)[] {
  const channels = terms.channels ?? ["online", "in_store"];
  const scope = terms.scope;
  return [
    t(channels.length > 1 ? "desk.terms.everywhere" : channels[0] === "online" ? "desk.terms.only_online" : "desk.terms.only_in_store"),
    listed(scope?.merchant_ids, merchant, (names) => t("desk.terms.at_merchants", { names })),
    listed(scope?.store_ids, store, (names) => t("desk.terms.at_stores", { names })),
  ];
}

function what(terms: Terms, { t, number }: TermWords): string[] {
  const skus = terms.scope?.sku_ids?.length ?? 0;
  const categories = terms.scope?.category_ids ?? [];
  if (!skus && !categories.length) return [t("desk.terms.all_goods")];
  return [
    ...(skus ? [t("desk.terms.some_skus", { n: number(skus) })] : []),
    ...(categories.length ? [t("desk.terms.some_categories", { names: categories.slice(0, NAMED_MAX).join(t("desk.terms.comma")) })] : []),
  ];
}

function limits(terms: Terms, { t, number, offer }: TermWords): (string | null)[] {
  const face = faceOf(terms);
  const budget = terms.budget_minor ?? terms.quantity_max * face;
  const over = terms.over_issue_bp ?? 10_000;
  return [
    t("desk.terms.quantity", { n: number(terms.quantity_max) }),
    t("desk.terms.budget", { sum: offer(budget, terms.currency) }),
    over > 10_000 ? t("desk.terms.over_issue", { percent: number(over / 100) }) : null,
    t("desk.terms.per_member", { n: number(terms.per_member_max ?? 1) }),
    terms.per_person_max ? t("desk.terms.per_person", { n: number(terms.per_person_max) }) : null,
    terms.per_day_max ? t("desk.terms.per_day", { n: number(terms.per_day_max) }) : null,
  ];
}

function paying(terms: Terms, { t, number }: TermWords): string {
  return terms.funders
    .map((one) => {
      const who = one.kind === "brand" ? t("desk.terms.funder_brand", { name: one.brand ?? "" }) : t(`desk.terms.funder_${one.kind}`);
      return terms.funders.length === 1 ? t("desk.terms.pays_all", { who }) : t("desk.terms.pays_part", { who, percent: number(one.share_bp / 100) });
    })
    .join(t("desk.terms.comma"));
}

/** Name a few and count the rest. */
function listed(ids: readonly string[] | undefined, name: (id: string) => string, say: (names: string) => string): string | null {
  if (!ids?.length) return null;
  const names = ids.slice(0, NAMED_MAX).map(name).join(" · ");
  return say(ids.length > NAMED_MAX ? `${names} +${ids.length - NAMED_MAX}` : names);
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}
