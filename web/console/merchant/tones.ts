/** How the states of a merchant's things feel. */
import type { Schema } from "@shared/api/client";
import type { Tone } from "../blocks/tone";

type OrderStatus = Schema<"OrderSummary">["status"];

export function orderTone(status: OrderStatus): Tone {
  return ({ pending_payment: "attention", paid: "info", fulfilled: "good", cancelled: "quiet", refunded: "critical" } as const)[status];
}

export function productTone(status: "draft" | "live" | "archived"): Tone {
  return ({ draft: "info", live: "good", archived: "quiet" } as const)[status];
}

export function storeTone(status: "open" | "paused" | "closed"): Tone {
  return ({ open: "good", paused: "attention", closed: "quiet" } as const)[status];
}

export function stockTone(free: number): Tone {
  return free <= 0 ? "critical" : free < 10 ? "attention" : "good";
}
