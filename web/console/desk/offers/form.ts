/** Turn an offer's terms into what a form holds (amounts as people write them, shares in percent, local times) and back. Pure. */
import { toInstant, toLocal } from "../zone-time";
import { benefitFormOf, benefitOf, benefitsIn, firstBenefit, type BenefitForm } from "./form-benefit";
import { conditionFormOf, conditionOf, type ConditionForm } from "./form-conditions";
import { fromMinor, goodsOf, itemsOf, lean, noGoods, toMinor, type GoodsForm } from "./form-goods";
import type { FunderShare, Lane, OnReturn, Terms } from "./types";

export const ZONE = "Asia/Shanghai";

export interface FunderForm {
  kind: "platform" | "merchant" | "brand";
  brand: string;
  percent: number | null;
}

export interface OfferForm {
  currency: string;
  /** Who pays it all where no shares are said. */
  payer: "platform" | "merchant";
  name: string;
  lane: Lane;
  trigger: "automatic" | "claim" | "code";
  codes: string[];
  from: string | null;
  until: string | null;
  goods: GoodsForm;
  condition: ConditionForm;
  benefit: BenefitForm;
  priority: number;
  exclusive: boolean;
  group: string;
  claims_max: number;
  funders: FunderForm[];
  unit_floor: number | null;
  payable_floor: number | null;
  may_go_below_cost: boolean;
  on_return: OnReturn;
  budget: number | null;
}

/** The lanes in which somebody's offers may stand, as the pipeline goes; the platform has no shop of its own. */
export function lanesOf(merchantId: string | null): readonly Lane[] {
  return merchantId === null ? ["item", "cross_shop", "platform"] : ["item", "shop"];
}

export function formOf(terms: Terms, currency: string, budgetMinor: number | null, merchantId: string | null): OfferForm {
  const payer = payerOf(merchantId);
  return {
    currency,
    payer,
    name: terms.name ?? "",
    lane: terms.lane,
    trigger: terms.trigger ?? "automatic",
    codes: [...(terms.codes ?? [])],
    from: terms.starts_at ? toLocal(terms.starts_at, ZONE) : null,
    until: terms.ends_at ? toLocal(terms.ends_at, ZONE) : null,
    goods: goodsOf(terms.items, currency),
    condition: conditionFormOf(terms.condition, currency),
    benefit: benefitFormOf(terms.benefit, currency),
    priority: terms.priority ?? 0,
    exclusive: terms.exclusive ?? false,
    group: terms.group ?? "",
    claims_max: terms.claims_max ?? 1,
    funders: terms.funders?.length ? terms.funders.map(funderFormOf) : [{ kind: payer, brand: "", percent: 100 }],
    unit_floor: terms.unit_floor_minor ? fromMinor(terms.unit_floor_minor, currency) : null,
    payable_floor: terms.payable_floor_minor ? fromMinor(terms.payable_floor_minor, currency) : null,
    may_go_below_cost: terms.may_go_below_cost ?? false,
    on_return: terms.on_return ?? "proportional",
    budget: fromMinor(budgetMinor, currency),
  };
}

/** The terms that a form stands for, without what has its default. Throws where an expert's condition is no document. */
export function termsOf(form: OfferForm): Terms {
  const items = itemsOf(form.goods, form.currency);
  return {
    lane: form.lane,
    benefit: benefitOf(form.benefit, form.currency),
    ...lean({
      name: form.name.trim(),
      trigger: form.trigger === "automatic" ? undefined : form.trigger,
      codes: form.trigger === "code" ? [...form.codes] : [],
      starts_at: form.from ? toInstant(form.from, ZONE) : null,
      ends_at: form.until ? toInstant(form.until, ZONE) : null,
      items: form.benefit.type === "bundle" ? {} : items,
      condition: conditionOf(form.condition, form.currency),
      priority: form.priority || undefined,
      exclusive: form.exclusive,
      group: form.group.trim(),
      claims_max: form.claims_max > 1 ? form.claims_max : undefined,
      funders: isPaidByPayer(form) ? [] : form.funders.filter((one) => one.percent).map(shareOf),
      unit_floor_minor: toMinor(form.unit_floor, form.currency) || undefined,
      payable_floor_minor: form.lane === "item" ? undefined : toMinor(form.payable_floor, form.currency) || undefined,
      may_go_below_cost: form.may_go_below_cost,
      on_return: form.on_return === "proportional" ? undefined : form.on_return,
    } as Partial<Terms>),
  };
}

export function budgetOf(form: OfferForm): number | null {
  return toMinor(form.budget, form.currency);
}

/** An offer to begin with: what its lane is known for, paid by whose it is. */
export function firstForm(merchantId: string | null): OfferForm {
  const lane = merchantId === null ? "cross_shop" : "item";
  const form = formOf({ lane, benefit: { type: "fixed", amount_minor: 1 } }, "CNY", null, merchantId);
  return { ...form, goods: noGoods(), benefit: firstBenefit(benefitsIn(lane)[0]!) };
}

/** Put an offer into another lane: a benefit that does not stand there gives way to the lane's usual one. */
export function moved(form: OfferForm, lane: Lane): Pick<OfferForm, "lane" | "benefit"> {
  const benefit = benefitsIn(lane).includes(form.benefit.type) ? form.benefit : firstBenefit(benefitsIn(lane)[0]!);
  return { lane, benefit };
}

/** Whether the shares say no more than what holds without them. */
function isPaidByPayer(form: OfferForm): boolean {
  const [first, ...others] = form.funders;
  return others.length === 0 && first?.kind === form.payer && first.percent === 100;
}

function payerOf(merchantId: string | null): OfferForm["payer"] {
  return merchantId === null ? "platform" : "merchant";
}

/** What the shares come to, in percent, without the noise of decimals. */
export function shareSum(form: OfferForm): number {
  return Math.round(form.funders.reduce((sum, one) => sum + (one.percent ?? 0), 0) * 100) / 100;
}

function funderFormOf(one: FunderShare): FunderForm {
  const [kind, ...brand] = one.funder.split(":");
  return { kind: kind as FunderForm["kind"], brand: brand.join(":"), percent: one.share_bp / 100 };
}

function shareOf(one: FunderForm): FunderShare {
  return { funder: one.kind === "brand" ? `brand:${one.brand.trim()}` : one.kind, share_bp: Math.round((one.percent ?? 0) * 100) };
}
