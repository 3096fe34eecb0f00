/** The operator's pages, and those that merchants share: redemptions, breaks, keys, webhooks, audit, reports. */
import type { RouteRecordRaw } from "vue-router";
import { BookOpenCheck, ChartColumnIncreasing, KeyRound, MessageSquareText, ScanLine, ScrollText, Store, TriangleAlert, UserRoundCheck, Webhook } from "@lucide/vue";

const operator = ["operator"] as const;

export const operatorRoutes: RouteRecordRaw[] = [
  { path: "/enrolments", name: "enrolments", component: () => import("../desk/festivals/EnrolmentsPage.vue"), meta: { title: "desk.enrolments.title", roles: operator, nav: { section: "festival", icon: UserRoundCheck, order: 20 }, words: "approve 审核 baoming" } },
  { path: "/merchants", name: "merchants", component: () => import("../desk/people/MerchantsPage.vue"), meta: { title: "desk.merchants.title", roles: operator, nav: { section: "festival", icon: Store, order: 30 }, words: "shops 商户 shangjia" } },
  { path: "/merchants/:id", name: "merchant", component: () => import("../desk/people/MerchantPage.vue"), meta: { title: "desk.merchants.one", roles: operator, under: "merchants" } },
  { path: "/redemptions", name: "redemptions", component: () => import("../desk/trade/RedemptionsPage.vue"), meta: { title: "desk.redemptions.title", nav: { section: "trade", icon: ScanLine, order: 40 }, words: "coupon use till 核销 hexiao" } },
  { path: "/breaks", name: "breaks", component: () => import("../desk/trade/BreaksPage.vue"), meta: { title: "desk.breaks.title", nav: { section: "trade", icon: TriangleAlert, order: 50 }, words: "offline conflict 离线 差异" } },
  { path: "/reports", name: "reports", component: () => import("../desk/system/ReportsPage.vue"), meta: { title: "desk.reports.title", nav: { section: "money", icon: ChartColumnIncreasing, order: 10 }, words: "gmv sales chart 报表 销售额 baobiao" } },
  { path: "/reports/orders", name: "report-orders", component: () => import("../desk/system/ReportOrdersPage.vue"), meta: { title: "desk.reports.behind", under: "reports" } },
  { path: "/ledger", name: "ledger", component: () => import("../desk/system/LedgerPage.vue"), meta: { title: "desk.ledger.title", roles: operator, nav: { section: "money", icon: BookOpenCheck, order: 60 }, words: "trial balance 试算平衡 总账" } },
  { path: "/api-keys", name: "api-keys", component: () => import("../desk/connect/ApiKeysPage.vue"), meta: { title: "desk.keys.title", nav: { section: "connect", icon: KeyRound, order: 10 }, words: "token scope 密钥 接口" } },
  { path: "/webhooks", name: "webhooks", component: () => import("../desk/connect/WebhooksPage.vue"), meta: { title: "desk.hooks.title", nav: { section: "connect", icon: Webhook, order: 20 }, words: "events endpoint replay 回调 推送" } },
  { path: "/webhooks/:id", name: "webhook", component: () => import("../desk/connect/WebhookPage.vue"), meta: { title: "desk.hooks.one", under: "webhooks" } },
  { path: "/audit", name: "audit", component: () => import("../desk/system/AuditPage.vue"), meta: { title: "desk.audit.title", nav: { section: "system", icon: ScrollText, order: 10 }, words: "log who did what chain 日志 审计 shenji" } },
  { path: "/messages", name: "messages", component: () => import("../desk/system/MessagesPage.vue"), meta: { title: "desk.messages.title", roles: operator, nav: { section: "system", icon: MessageSquareText, order: 20 }, words: "sms code sandbox 短信 验证码 沙盒" } },
];
