/** Say single fields of an offer's terms, and what changed from one version to the next, in the reader's words. Pure. */
import type { FunderShare, Items, Terms, Typed } from "./types";

/** What a version says: its terms, and what they may cost. */
export type Told = Terms & { budget_minor?: number | null };

export interface TermWords {
  t: (key: string, values?: Record<string, unknown>) => string;
  te: (key: string) => boolean;
  money: (minor: number) => string;
  percent: (bp: number) => string;
  moment: (instant: string) => string;
  /** What an id is called; itself where nobody knows. */
  name: (id: string) => string;
}

/** One field that changed; nothing before for what is new, nothing after for what is gone. */
export interface Change {
  key: string;
  label: string;
  before: string | null;
  after: string | null;
}

const FIELDS = [
  "name", "lane", "trigger", "codes", "benefit", "items", "condition", "starts_at", "ends_at", "funders", "exclusive", "group", "priority", "optional", "claims_max", "unit_floor_minor",
  "payable_floor_minor", "may_go_below_cost", "on_return", "budget_minor",
] as const satisfies readonly (keyof Told)[]; // prettier-ignore
const NAMED_MAX = 4;

/** What changed from `before` to `after`, field by field. */
export function changes(before: Told, after: Told, words: TermWords): Change[] {
  return FIELDS.flatMap((key) => {
    if (isSame(before[key], after[key])) return [];
    if (key === "benefit") return benefitChanges(before.benefit, after.benefit, words);
    if (key === "condition") return conditionChanges(rulesOf(before.condition), rulesOf(after.condition), words);
    return [{ key, label: label(key, words), before: valueWords(key, before[key], words), after: valueWords(key, after[key], words) }];
  });
}

function benefitChanges(before: Typed, after: Typed, words: TermWords): Change[] {
  if (before.type !== after.type) return [{ key: "benefit", label: label("benefit", words), before: benefitWords(before, words), after: benefitWords(after, words) }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !isSame(before[key], after[key]));
  const kind = words.t(`desk.offers.benefit.${after.type}`);
  const said = (thing: Typed, key: string): string | null => valueWords(unitOf(thing, key), thing[key], words);
  return keys.map((key) => ({ key: `benefit.${key}`, label: `${kind} · ${label(key, words)}`, before: said(before, key), after: said(after, key) }));
}

/** Rules of the same kind are one that changed; the others are new or gone. */
function conditionChanges(before: Typed[], after: Typed[], words: TermWords): Change[] {
  const gone = before.filter((rule) => !after.some((other) => isSame(rule, other)));
  const come = after.filter((rule) => !before.some((other) => isSame(rule, other)));
  const found: Change[] = [];
  const condition = label("condition", words);
  for (const rule of come) {
    const place = gone.findIndex((other) => other.type === rule.type);
    const [old] = place < 0 ? [undefined] : gone.splice(place, 1);
    found.push({ key: `condition.${found.length}`, label: condition, before: old ? ruleWords(old, words) : null, after: ruleWords(rule, words) });
  }
  for (const rule of gone) found.push({ key: `condition.${found.length}`, label: condition, before: ruleWords(rule, words), after: null });
  return found;
}

function rulesOf(condition: Typed | null | undefined): Typed[] {
  if (!condition) return [];
  return condition.type === "all" ? (condition["of"] as Typed[]) : [condition];
}

/** A benefit: its kind, then each field. */
export function benefitWords(benefit: Typed, words: TermWords): string {
  return typedWords(words.t(`desk.offers.benefit.${benefit.type}`), benefit, words);
}

/** A rule of the condition: its kind, then each field; rules inside it are said too. */
export function ruleWords(rule: Typed, words: TermWords): string {
  const kind = words.t(`desk.offers.rule.${rule.type}`);
  if (rule.type === "not") return `${kind}${words.t("desk.offers.colon")}${ruleWords(rule["of"] as Typed, words)}`;
  if (rule.type === "all" || rule.type === "any") return `${kind}${words.t("desk.offers.colon")}${(rule["of"] as Typed[]).map((one) => ruleWords(one, words)).join(words.t("desk.offers.semicolon"))}`;
  return typedWords(kind, rule, words);
}

function typedWords(kind: string, thing: Typed, words: TermWords): string {
  const keys = Object.keys(thing).filter((key) => key !== "type");
  if (!keys.length) return kind;
  const values = keys.map((key) => {
    const value = valueWords(unitOf(thing, key), thing[key], words) ?? "";
    return keys.length === 1 && !["min", "max", "min_minor", "max_minor", "min_g", "max_g"].includes(key) ? value : `${label(key, words)} ${value}`;
  });
  return `${kind}${words.t("desk.offers.colon")}${values.join(words.t("desk.offers.comma"))}`;
}

/** Steps by amount begin at an amount. */
function unitOf(thing: Typed, key: string): string {
  return key === "steps" && thing["by"] === "amount" ? "steps_minor" : key;
}

/** A value as people say it; null for nothing. */
export function valueWords(key: string, value: unknown, words: TermWords): string | null {
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length)) return null;
  if (typeof value === "boolean") return words.t(value ? "shell.common.yes" : "shell.common.no");
  if (typeof value === "number") return numberWords(key, value, words);
  if (Array.isArray(value)) return listWords(key, value, words);
  if (typeof value === "object") return goodsWords(value as Items, words) || words.t("desk.offers.all_goods");
  const text = String(value);
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return words.moment(text);
  const known = `desk.offers.value.${text}`;
  return key !== "name" && key !== "group" && words.te(known) ? words.t(known) : words.name(text);
}

function numberWords(key: string, value: number, words: TermWords): string {
  if (key.endsWith("_minor")) return words.money(value);
  if (key === "multiplier_bp") return `× ${value / 10_000}`;
  return key.endsWith("_bp") ? words.percent(value) : String(value);
}

function listWords(key: string, values: readonly unknown[], words: TermWords): string {
  const { t } = words;
  if (key === "funders") return (values as FunderShare[]).map((one) => `${funderWords(one.funder, words)} ${words.percent(one.share_bp)}`).join(t("desk.offers.comma"));
  if (key === "parts") return (values as { items: Items; quantity?: number }[]).map((part) => `${goodsWords(part.items, words) || t("desk.offers.all_goods")} × ${part.quantity ?? 1}`).join(" + ");
  if (key === "days") return (values as number[]).map((day) => t(`desk.terms.weekday_${day}`)).join(t("desk.offers.comma"));
  if (key.startsWith("steps")) return (values as Record<string, number | undefined>[]).map((step) => stepWords(step, key === "steps_minor", words)).join(t("desk.offers.comma"));
  const names = (values as string[]).slice(0, NAMED_MAX).map((one) => valueWords("ids", one, words) ?? "");
  return names.join(t("desk.offers.comma")) + (values.length > NAMED_MAX ? ` +${values.length - NAMED_MAX}` : "");
}

function stepWords(step: Record<string, number | undefined>, isAmount: boolean, words: TermWords): string {
  const from = isAmount ? words.money(step["from"] ?? 0) : String(step["from"]);
  return `${from} → −${step["rate_bp"] ? words.percent(step["rate_bp"]) : words.money(step["amount_minor"] ?? 0)}`;
}

/** Who pays a share: the platform, the merchant, or a brand by its name. */
export function funderWords(funder: string, { t }: Pick<TermWords, "t">): string {
  const [kind = "", ...brand] = funder.split(":");
  return kind === "brand" ? t("desk.terms.funder_brand", { name: brand.join(":") }) : t(`desk.terms.funder_${kind}`);
}

/** The goods that are chosen; an empty text for all of them. */
export function goodsWords(items: Items, words: TermWords): string {
  const said = Object.entries(items).map(([key, value]) => {
    if (key === "not_discounted") return value ? label(key, words) : "";
    const text = valueWords(key, value, words);
    return text ? `${label(key, words)} ${text}` : "";
  });
  return said.filter(Boolean).join(words.t("desk.offers.comma"));
}

function label(key: string, { t, te }: TermWords): string {
  return te(`desk.offers.field.${key}`) ? t(`desk.offers.field.${key}`) : key;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** The same thing with its keys in order, and without what is not said. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.length ? value.map(sorted) : null;
  if (value === null || value === undefined || value === false || value === "") return null;
  if (typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, one]) => [key, sorted(one)] as const);
  const said = entries.filter(([, one]) => one !== null).sort(([a], [b]) => a.localeCompare(b));
  return said.length ? Object.fromEntries(said) : null;
}
