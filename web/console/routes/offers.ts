/** Pages of offers, for merchants and operators: coupons, taking part in festivals. */
import type { RouteRecordRaw } from "vue-router";

export const offerRoutes: RouteRecordRaw[] = [];
