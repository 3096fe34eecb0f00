/** Tell a merchant what wants attention: orders to hand over, returns to take in, stores that do not report, a decision on its limits. */
import type { Notice, NoticeSource } from "../notices";
import { countWaiting } from "../merchant/returns";
import { api, call, me } from "../session";

const roles = ["merchant"] as const;

export const merchantNotices: NoticeSource[] = [
  {
    roles,
    read: async (t) => {
      const page = await call(() => api.GET("/v1/orders", { params: { query: { limit: 100 } } }));
      const waiting = page.items.filter((order) => order.status === "paid").length;
      return waiting ? [{ key: "orders", tone: "attention", title: t("merchant.notices.orders", { n: waiting }), to: { name: "orders", query: { view: "todo" } } }] : [];
    },
  },
  {
    roles,
    read: async (t) => {
      const waiting = await countWaiting();
      return waiting ? [{ key: "returns", tone: "attention", title: t("merchant.notices.returns", { n: waiting }), to: { name: "returns" } }] : [];
    },
  },
  {
    roles,
    read: async (t) => {
      const page = await call(() => api.GET("/v1/reports/coverage", { params: { query: { days: 7, limit: 100 } } }));
      const silent = page.items.filter((one) => one.missing_day_count > 0).length;
      return silent ? [{ key: "coverage", tone: "attention", title: t("merchant.notices.coverage", { n: silent }), to: { name: "coverage", query: { view: "missing" } } }] : [];
    },
  },
  {
    roles,
    read: async (t): Promise<Notice[]> => {
      if (me.value?.merchant?.tier !== "small") return [];
      const mine = await call(() => api.GET("/v1/merchant-applications/mine"));
      return mine.status === "rejected" ? [{ key: "limits", tone: "critical", title: t("merchant.notices.rejected"), detail: mine.reason, to: { name: "settings" } }] : [];
    },
  },
];
