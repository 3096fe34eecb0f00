/** The pages by address. Selling and redeeming are loaded at once: a clerk never waits for a page. */
import type { RouteRecordRaw } from "vue-router";
import RedeemPage from "./pages/RedeemPage.vue";
import SellPage from "./pages/SellPage.vue";

export const routes: RouteRecordRaw[] = [
  { path: "/", name: "sell", component: SellPage },
  { path: "/redeem", name: "redeem", component: RedeemPage },
  { path: "/today", name: "today", component: () => import("./pages/TodayPage.vue") },
  { path: "/goods", name: "goods", component: () => import("./pages/GoodsPage.vue") },
  { path: "/more", name: "more", component: () => import("./pages/MorePage.vue") },
  { path: "/close", name: "close", component: () => import("./pages/ClosePage.vue") },
  { path: "/:rest(.*)*", redirect: "/" },
];
