/**
 * Turn a condition into rows that all must hold, and back; what rows cannot say (any of, not, one inside another) stays a document
 * for experts. Hours and weekdays have fields of their own; what orders do not tell yet (tiers, segments, ways of paying) is no row. Pure.
 */
import { goodsOf, isChosen, itemsOf, fromMinor, lean, noGoods, toMinor, type GoodsForm } from "./form-goods";
import type { Items, Typed } from "./types";

export const ROW_TYPES = ["amount", "quantity", "new_member", "order_number", "channel", "place", "region", "phase", "code", "window"] as const;
export type RowType = (typeof ROW_TYPES)[number];

/** The field of a condition in which its ids stand. */
export const IDS_FIELD = { channel: "channels", place: "place_ids", region: "region_ids", phase: "phase_ids", code: "codes" } as const;

export interface Row {
  type: RowType;
  min: number | null;
  max: number | null;
  ids: string[];
  every: boolean;
  from: string | null;
  until: string | null;
  /** Goods of its own; without any, the offer's. */
  goods: GoodsForm;
}

export interface Clock {
  from: string;
  until: string;
  days: number[];
}

export interface ConditionForm {
  rows: Row[];
  /** Hours of the day; empty texts for all day. */
  clock: Clock;
  /** The whole condition as a document, where rows cannot say it; else null. */
  expert: string | null;
}

export function newRow(type: RowType): Row {
  const min = type === "quantity" ? 2 : type === "order_number" ? 1 : null;
  return { type, min, max: null, ids: [], every: false, from: null, until: null, goods: noGoods() };
}

export function conditionFormOf(condition: Typed | null | undefined, currency: string): ConditionForm {
  const empty: ConditionForm = { rows: [], clock: { from: "", until: "", days: [] }, expert: null };
  if (!condition) return empty;
  const rules = condition.type === "all" ? (condition["of"] as Typed[]) : [condition];
  for (const rule of rules) {
    if (rule.type === "hours" && !empty.clock.from) {
      empty.clock.from = String(rule["from"]);
      empty.clock.until = String(rule["until"]);
    } else if (rule.type === "weekdays" && !empty.clock.days.length) {
      empty.clock.days = [...(rule["days"] as number[])].sort();
    } else {
      const row = rowOf(rule, currency);
      if (!row) return { rows: [], clock: { from: "", until: "", days: [] }, expert: JSON.stringify(condition, null, 2) };
      empty.rows.push(row);
    }
  }
  return empty;
}

/** The condition that a form stands for; null for none. Throws where an expert's text is no document. */
export function conditionOf(form: ConditionForm, currency: string): Typed | null {
  if (form.expert !== null) return form.expert.trim() ? (JSON.parse(form.expert) as Typed) : null;
  const rules = form.rows.map((row) => ruleOf(row, currency)).filter((rule): rule is Typed => rule !== null);
  const { from, until, days } = form.clock;
  if (days.length > 0 && days.length < 7) rules.push({ type: "weekdays", days: [...days].sort() });
  if (from && until) rules.push({ type: "hours", from, until });
  if (rules.length === 0) return null;
  return rules.length === 1 ? rules[0]! : { type: "all", of: rules };
}

function rowOf(rule: Typed, currency: string): Row | null {
  if (!ROW_TYPES.includes(rule.type as RowType)) return null;
  const type = rule.type as RowType;
  const row: Row = { ...newRow(type), goods: goodsOf(rule["items"] as Items | null, currency) };
  const ids = IDS_FIELD[type as keyof typeof IDS_FIELD];
  if (ids) row.ids = [...((rule[ids] as string[] | undefined) ?? [])];
  if (type === "amount") [row.min, row.max] = [fromMinor(rule["min_minor"], currency), fromMinor(rule["max_minor"], currency)];
  if (type === "quantity") [row.min, row.max] = [number(rule["min"]) ?? 1, number(rule["max"])];
  if (type === "order_number") [row.min, row.every] = [number(rule["nth"]) ?? 1, rule["every"] === true];
  if (type === "window") [row.from, row.until] = [text(rule["from"]), text(rule["until"])];
  return row;
}

/** What a row says; null for one that says nothing yet. */
export function ruleOf(row: Row, currency: string): Typed | null {
  const { type, min, max } = row;
  const items = isChosen(row.goods, currency) ? itemsOf(row.goods, currency) : null;
  const ids = IDS_FIELD[type as keyof typeof IDS_FIELD];
  if (ids) return row.ids.length ? { type, [ids]: [...row.ids] } : null;
  if (type === "new_member") return { type };
  if (type === "order_number") return lean({ type, nth: min && min > 1 ? min : null, every: row.every });
  if (type === "window") return row.from || row.until ? lean({ type, from: row.from, until: row.until }) : null;
  if (min === null && max === null) return null;
  if (type === "amount") return lean({ type, min_minor: toMinor(min, currency), max_minor: toMinor(max, currency), items });
  return lean({ type, min: min && min > 1 ? min : null, max, items });
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
