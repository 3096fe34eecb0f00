/** Tell what of an order can go back, how and until when, and where its returns stand; pure. The server judges again. */
export const WINDOW_MS = 7 * 24 * 3600 * 1000;
export const REASONS = ["changed_mind", "damaged", "wrong_item", "not_as_described", "late", "other"] as const;
/** Before the goods have left nothing can be wrong with them yet. */
export const EARLY_REASONS = ["changed_mind", "late", "other"] as const;
export type Reason = (typeof REASONS)[number];

export interface LineLike {
  line_id: string;
  quantity: number;
  returned_quantity?: number;
  asked_back_quantity?: number;
}
export interface PartLike {
  status: string;
  fulfilled_at?: string | null;
  lines?: LineLike[];
}
export interface OrderLike {
  status: string;
  channel: string;
  placed_at: string;
  refunded_minor?: number;
  merchant_orders: PartLike[];
}

/** `money`: the goods have not left, the money goes back at once; `goods`: they come back first; `till`: only at its counter; `over`: too late. */
export type Way = "money" | "goods" | "till" | "over";

export const leftOf = (line: LineLike): number => line.quantity - (line.returned_quantity ?? 0) - (line.asked_back_quantity ?? 0);

/** When the time for returning a part ends; null while its goods have not left. */
export function returnableUntil(order: OrderLike, part: PartLike): number | null {
  return part.status === "fulfilled" ? Date.parse(part.fulfilled_at ?? order.placed_at) + WINDOW_MS : null;
}

/** How pieces of a part go back now; null where there is nothing to give back. */
export function wayBack(order: OrderLike, part: PartLike, nowMs: number | null): Way | null {
  if (part.status !== "paid" && part.status !== "fulfilled") return null;
  if (!(part.lines ?? []).some((line) => leftOf(line) > 0)) return null;
  if (order.channel === "in_store") return "till";
  const until = returnableUntil(order, part);
  if (until === null) return "money";
  return nowMs !== null && until <= nowMs ? "over" : "goods";
}

/** What of an order is on its way back or went back, while some of it stays; null where nothing did. */
export function aftersale(order: OrderLike): "asked" | "part" | null {
  const lines = order.merchant_orders.flatMap((part) => part.lines ?? []);
  if (lines.some((line) => (line.asked_back_quantity ?? 0) > 0)) return "asked";
  const isOpen = order.status === "paid" || order.status === "fulfilled";
  return isOpen && lines.some((line) => (line.returned_quantity ?? 0) > 0) ? "part" : null;
}

export type Picks = Readonly<Record<string, number>>;

/** What is chosen when the sheet opens: the only piece there is, else nothing. */
export function firstPicks(lines: readonly LineLike[]): Picks {
  const open = lines.filter((line) => leftOf(line) > 0);
  const [only] = open;
  return only && open.length === 1 && leftOf(only) === 1 ? { [only.line_id]: 1 } : {};
}

export const allPicks = (lines: readonly LineLike[]): Picks => Object.fromEntries(lines.filter((line) => leftOf(line) > 0).map((line) => [line.line_id, leftOf(line)]));

/** The chosen pieces as they are asked for, in the order of the lines. */
export function pickedLines(lines: readonly LineLike[], picks: Picks): { line_id: string; quantity: number }[] {
  return lines.map((line) => ({ line_id: line.line_id, quantity: Math.min(picks[line.line_id] ?? 0, leftOf(line)) })).filter((one) => one.quantity > 0);
}

/** Refusals that the page says in its own words: the server's name instants, states and minor units. */
const OWN_WORDS = ["refund_changed", "return_window_over", "not_returnable", "bad_return_lines", "return_closed"] as const;
export const ownWords = (code: string): (typeof OWN_WORDS)[number] | null => OWN_WORDS.find((one) => one === code) ?? null;
