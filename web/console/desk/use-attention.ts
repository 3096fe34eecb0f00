/** Know what wants an operator's hand: alerts, breaks, enrolments, the audit chain, the books. */
import type { Schema } from "@shared/api/client";
import { api, call } from "../session";
import { newestOfEach } from "./alerts";
import { useRead } from "./use-read";

const EVERY_MS = 20_000;

export async function readAlerts(limit = 20): Promise<Schema<"BudgetAlert">[]> {
  const found = await call(() => api.GET("/v1/budget-alerts", { params: { query: { limit } } }));
  return newestOfEach(found.items);
}

/** How many requests to take part wait, over the festivals that are on or coming. */
export async function countEnrolments(): Promise<number> {
  const festivals = await call(() => api.GET("/v1/festivals", { params: { query: { limit: 20 } } }));
  const counts = await Promise.all(
    festivals.items
      .filter((one) => one.status === "live")
      .map((one) => call(() => api.GET("/v1/festivals/{festival_id}/enrolments", { params: { path: { festival_id: one.festival_id }, query: { status: "requested", limit: 100 } } }))),
  );
  return counts.reduce((sum, page) => sum + page.items.length, 0);
}

export const readBreaks = (): Promise<Schema<"Page_Break_">> => call(() => api.GET("/v1/redemption-breaks", { params: { query: { state: "open", limit: 100 } } }));

export function useAttention() {
  return {
    alerts: useRead(() => readAlerts(), EVERY_MS),
    breaks: useRead(readBreaks, EVERY_MS),
    enrolments: useRead(countEnrolments, EVERY_MS),
    chain: useRead(() => call(() => api.GET("/v1/audit/chain", {})), EVERY_MS),
    balances: useRead(() => call(() => api.GET("/v1/ledger/trial-balance", {})), EVERY_MS),
  };
}
