/** Pages of offers, for merchants and operators: coupons, taking part in festivals. */
import type { RouteRecordRaw } from "vue-router";
import { CalendarRange, TicketPercent } from "@lucide/vue";

export const offerRoutes: RouteRecordRaw[] = [
  {
    path: "/festivals",
    name: "festivals",
    component: () => import("../desk/festivals/FestivalsPage.vue"),
    meta: { title: "desk.festivals.title", nav: { section: "festival", icon: CalendarRange, order: 10 }, words: "calendar phases 日历 阶段 双十一 huodong" },
  },
  { path: "/festivals/:id", name: "festival", component: () => import("../desk/festivals/FestivalPage.vue"), meta: { title: "desk.festivals.one", under: "festivals" } },
  {
    path: "/coupons",
    name: "coupons",
    component: () => import("../desk/coupons/CouponsPage.vue"),
    meta: { title: "desk.coupons.title", nav: { section: "offers", icon: TicketPercent, order: 10 }, words: "voucher discount budget 满减 券 预算 youhuiquan" },
  },
  { path: "/coupons/new", name: "coupon-new", component: () => import("../desk/coupons/CouponEditor.vue"), meta: { title: "desk.coupons.new", under: "coupons" } },
  { path: "/coupons/:id", name: "coupon", component: () => import("../desk/coupons/CouponPage.vue"), meta: { title: "desk.coupons.one", under: "coupons" } },
  { path: "/coupons/:id/edit", name: "coupon-edit", component: () => import("../desk/coupons/CouponEditor.vue"), meta: { title: "desk.coupons.act.edit", under: "coupons" } },
];
