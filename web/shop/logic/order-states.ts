/** Sort orders into the tabs that people know, and tell an order's story as steps; pure. */
export const TABS = ["all", "to_pay", "to_receive", "done", "closed"] as const;
export type Tab = (typeof TABS)[number];

export function tabOf(status: string): Exclude<Tab, "all"> {
  if (status === "pending_payment") return "to_pay";
  if (status === "paid") return "to_receive";
  return status === "fulfilled" ? "done" : "closed";
}

export interface OrderLike {
  status: string;
  placed_at: string;
  paid_at: string | null;
  closed_at: string | null;
  merchant_orders?: readonly { fulfilled_at?: string | null }[];
}

export interface Step {
  key: "placed" | "paid" | "fulfilled" | "cancelled" | "refunded";
  at: string | null;
  isDone: boolean;
}

/** What happened and what comes: a closed order ends where it was closed. */
export function steps(order: OrderLike): Step[] {
  const story: Step[] = [{ key: "placed", at: order.placed_at, isDone: true }];
  if (order.paid_at || !["cancelled", "refunded"].includes(order.status)) story.push({ key: "paid", at: order.paid_at, isDone: order.paid_at !== null });
  if (order.status === "cancelled" || order.status === "refunded") story.push({ key: order.status, at: order.closed_at, isDone: true });
  else if (order.status === "fulfilled") story.push({ key: "fulfilled", at: order.closed_at ?? lastLeft(order), isDone: true });
  else story.push({ key: "fulfilled", at: null, isDone: false });
  return story;
}

/** When the last of an order's parts was handed over; null where none tells. */
function lastLeft(order: OrderLike): string | null {
  return (order.merchant_orders ?? []).flatMap((one) => one.fulfilled_at ?? []).sort().at(-1) ?? null;
}
