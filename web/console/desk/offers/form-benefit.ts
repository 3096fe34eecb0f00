/** Turn what an offer gives into what a form holds, and back; and know which benefits stand in which lane. Pure. */
import { fromMinor, goodsOf, itemsOf, lean, noGoods, toMinor, type GoodsForm } from "./form-goods";
import type { Items, Lane, Typed } from "./types";

const ITEM = ["nth_item", "buy_get", "percent", "fixed", "fixed_price", "bundle"] as const;
const ORDER = ["every", "tiered", "fixed", "percent", "fixed_price"] as const;
export type BenefitType = (typeof ITEM)[number] | (typeof ORDER)[number];

/** The benefits that stand in a lane and that orders carry, the usual ones first; gifts, points and deposits can only be simulated yet. */
export function benefitsIn(lane: Lane): readonly BenefitType[] {
  return lane === "item" ? ITEM : ORDER;
}

export interface StepForm {
  from: number | null;
  kind: "amount" | "percent";
  off: number | null;
}

export interface BenefitForm {
  type: BenefitType;
  amount: number | null;
  percent: number | null;
  cap: number | null;
  price: number | null;
  every: number | null;
  by: "amount" | "quantity";
  steps: StepForm[];
  n: number | null;
  /** Whether an nth piece is lowered by a rate or to a price. */
  how: "percent" | "price";
  of: "same" | "cheapest" | "listed";
  buy: number | null;
  get: number | null;
  get_goods: GoodsForm;
  times_max: number | null;
  parts: { goods: GoodsForm; quantity: number | null }[];
}

const PLAIN: BenefitForm = {
  type: "nth_item", amount: null, percent: null, cap: null, price: null, every: null, by: "amount", steps: [], n: 2, how: "percent", of: "same", buy: 2, get: 1,
  get_goods: noGoods(), times_max: null, parts: [],
}; // prettier-ignore

/** A benefit of a type to begin with, with amounts that people know. */
export function firstBenefit(type: BenefitType): BenefitForm {
  const begin: Partial<Record<BenefitType, Partial<BenefitForm>>> = {
    nth_item: { percent: 50 },
    buy_get: { percent: 100 },
    percent: { percent: 10 },
    fixed: { amount: 10 },
    every: { every: 300, amount: 50 },
    tiered: { steps: [{ from: 200, kind: "amount", off: 20 }, { from: 300, kind: "amount", off: 50 }] }, // prettier-ignore
    bundle: { parts: [{ goods: noGoods(), quantity: 1 }, { goods: noGoods(), quantity: 1 }] }, // prettier-ignore
  };
  return { ...(JSON.parse(JSON.stringify(PLAIN)) as BenefitForm), ...begin[type], type };
}

export function benefitFormOf(benefit: Typed, currency: string): BenefitForm {
  const one = firstBenefit(benefit.type as BenefitType);
  const major = (key: string): number | null => fromMinor(benefit[key], currency);
  const percent = typeof benefit["rate_bp"] === "number" ? benefit["rate_bp"] / 100 : null;
  const steps = (benefit["steps"] ?? []) as { from: number; amount_minor?: number | null; rate_bp?: number | null }[];
  const by = benefit["by"] === "quantity" ? "quantity" : "amount";
  return {
    ...one,
    amount: benefit.type === "every" ? major("off_minor") : major("amount_minor"),
    percent: percent ?? (benefit.type === "buy_get" ? 100 : null),
    cap: major("cap_minor"),
    price: major("price_minor"),
    every: major("every_minor"),
    by,
    steps: steps.map((step) => ({
      from: by === "amount" ? fromMinor(step.from, currency) : step.from,
      kind: step.rate_bp ? "percent" : "amount",
      off: step.rate_bp ? step.rate_bp / 100 : fromMinor(step.amount_minor, currency),
    })),
    n: count(benefit["n"]) ?? 2,
    how: count(benefit["price_minor"]) === null ? "percent" : "price",
    of: (benefit["of"] as BenefitForm["of"] | undefined) ?? "same",
    buy: count(benefit["buy"]) ?? 2,
    get: count(benefit["get"]) ?? 1,
    get_goods: goodsOf(benefit["get_items"] as Items | null, currency),
    times_max: count(benefit["times_max"]),
    parts: ((benefit["parts"] ?? []) as { items: Items; quantity?: number }[]).map((part) => ({ goods: goodsOf(part.items, currency), quantity: part.quantity ?? 1 })),
  };
}

/** The benefit that a form stands for; fields that its type does not have are left out. */
export function benefitOf(form: BenefitForm, currency: string): Typed {
  const minor = (major: number | null): number | null => toMinor(major, currency);
  const rate_bp = form.percent === null ? null : Math.round(form.percent * 100);
  const times_max = form.times_max;
  const by: Record<BenefitType, () => Record<string, unknown>> = {
    fixed: () => ({ amount_minor: minor(form.amount) }),
    percent: () => ({ rate_bp, cap_minor: minor(form.cap) }),
    fixed_price: () => ({ price_minor: minor(form.price) }),
    every: () => ({ every_minor: minor(form.every), off_minor: minor(form.amount), cap_minor: minor(form.cap) }),
    tiered: () => ({ by: form.by, steps: form.steps.map((step) => stepOf(step, form.by, currency)), cap_minor: minor(form.cap) }),
    nth_item: () => ({ n: form.n, ...(form.how === "price" ? { price_minor: minor(form.price) } : { rate_bp }), of: form.of === "cheapest" ? "cheapest" : null, times_max }),
    buy_get: () => ({ buy: form.buy, get: form.get, of: form.of === "same" ? null : form.of, get_items: form.of === "listed" ? itemsOf(form.get_goods, currency) : null, rate_bp: rate_bp === 10_000 ? null : rate_bp, times_max }),
    bundle: () => ({ parts: form.parts.map((part) => lean({ items: itemsOf(part.goods, currency), quantity: part.quantity === 1 ? null : part.quantity })).map((part) => ({ ...part, items: part.items ?? {} })), price_minor: minor(form.price), times_max }),
  };
  const said = lean({ type: form.type, ...by[form.type]() });
  // A list of goods that names none yet still has to be there.
  return form.type === "buy_get" && form.of === "listed" ? { ...said, get_items: itemsOf(form.get_goods, currency) } : said;
}

function stepOf(step: StepForm, by: BenefitForm["by"], currency: string): object {
  const from = by === "amount" ? toMinor(step.from, currency) : step.from;
  return lean({ from, ...(step.kind === "percent" ? { rate_bp: step.off === null ? null : Math.round(step.off * 100) } : { amount_minor: toMinor(step.off, currency) }) });
}

function count(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
