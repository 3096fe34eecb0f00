/** The pages by address; all but the first are loaded when they are opened. */
import type { RouteRecordRaw } from "vue-router";
import HomePage from "./HomePage.vue";

export const routes: RouteRecordRaw[] = [{ path: "/", name: "home", component: HomePage }];
