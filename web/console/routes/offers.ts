/** Pages of offers, for merchants and operators: coupons, automatic offers, taking part in festivals. */
import type { RouteRecordRaw } from "vue-router";
import { CalendarRange, Percent, TicketPercent } from "@lucide/vue";

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
  {
    path: "/offers",
    name: "offers",
    component: () => import("../desk/offers/OffersPage.vue"),
    meta: { title: "desk.offers.title", nav: { section: "offers", icon: Percent, order: 20 }, words: "promotion discount rule bundle gift threshold 促销 满减 折扣 赠品 跨店 第二件半价 huodong cuxiao" },
  },
  {
    path: "/offers/simulate",
    name: "campaign",
    component: () => import("../desk/offers/CampaignPage.vue"),
    meta: { title: "desk.campaign.title", under: "offers", roles: ["operator"], words: "simulate campaign carts cost 试算 预算 成本 亏本 冲突 shisuan" },
  },
  { path: "/offers/new", name: "offer-new", component: () => import("../desk/offers/OfferEditor.vue"), meta: { title: "desk.offers.new", under: "offers" } },
  { path: "/offers/:id", name: "offer", component: () => import("../desk/offers/OfferPage.vue"), meta: { title: "desk.offers.one", under: "offers" } },
  { path: "/offers/:id/edit", name: "offer-edit", component: () => import("../desk/offers/OfferEditor.vue"), meta: { title: "desk.offers.page.edit", under: "offers" } },
];
