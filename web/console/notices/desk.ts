/** Tell operators and merchants what wants their hand: budgets, breaks, enrolments, a broken audit log. */
import { countEnrolments, readAlerts, readBreaks } from "../desk/use-attention";
import { listOffers } from "../desk/offers/calls";
import type { NoticeSource } from "../notices";
import { api, call } from "../session";

export const deskNotices: NoticeSource[] = [
  {
    roles: ["operator"],
    read: async (t) => {
      const chain = await call(() => api.GET("/v1/audit/chain", {}));
      return chain.is_intact ? [] : [{ key: "audit", tone: "critical" as const, title: t("desk.audit.broken"), to: { name: "audit" } }];
    },
  },
  {
    roles: ["operator", "merchant"],
    read: async (t) => {
      const alerts = await readAlerts(30);
      return alerts.slice(0, 8).map((one) => ({
        key: `budget-${one.alert_id}`,
        tone: one.percent >= 95 ? ("critical" as const) : ("attention" as const),
        title: one.name,
        detail: t(`desk.coupons.alert.${one.measure}`, { n: one.percent }),
        to: { name: "coupon", params: { id: one.coupon_id } },
      }));
    },
  },
  {
    roles: ["operator", "merchant"],
    read: async (t) => {
      const found = await listOffers({ awaiting: "me", limit: 4 });
      const told = found.items.slice(0, 3).map(({ offer_id, latest }) => ({
        key: `offer-${offer_id}-${latest.version}`,
        tone: "attention" as const,
        title: t("desk.offers.notice.waits", { name: latest.terms.name ?? "", n: latest.version }),
        detail: t(`desk.offers.notice.${latest.simulation ? "detail" : "not_simulated"}`, { by: latest.created_by_name, reason: latest.reason }),
        to: { name: "offer", params: { id: offer_id } },
      }));
      return found.items.length > 3 ? [...told, { key: "offers-more", tone: "info" as const, title: t("desk.offers.notice.more"), to: { name: "offers", query: { view: "awaiting" } } }] : told;
    },
  },
  {
    roles: ["operator", "merchant"],
    read: async (t) => {
      const found = await readBreaks();
      const count = found.items.length;
      return count ? [{ key: "breaks", tone: "attention" as const, title: t("desk.notice.breaks", { n: count }), to: { name: "breaks" } }] : [];
    },
  },
  {
    roles: ["operator"],
    read: async (t) => {
      const count = await countEnrolments();
      return count ? [{ key: "enrolments", tone: "info" as const, title: t("desk.notice.enrolments", { n: count }), to: { name: "enrolments" } }] : [];
    },
  },
];
