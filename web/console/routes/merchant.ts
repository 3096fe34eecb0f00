/** The merchant's pages. */
import type { RouteRecordRaw } from "vue-router";

export const merchantRoutes: RouteRecordRaw[] = [];
