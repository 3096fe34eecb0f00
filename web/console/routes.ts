/** The pages by address; all are loaded when they are opened. A page's `meta` decides who sees it and where it stands in the navigation. */
import type { Component } from "vue";
import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from "vue-router";
import { House } from "@lucide/vue";
import type { Section } from "./shell/sections";
import { i18nTitle } from "./shell/title";
import { merchantRoutes } from "./routes/merchant";
import { offerRoutes } from "./routes/offers";
import { operatorRoutes } from "./routes/operator";
import { loadSession, role, type ConsoleRole } from "./session";

declare module "vue-router" {
  interface RouteMeta {
    /** The key of the page's name in the messages. */
    title?: string;
    /** Who may open it; everybody of the console when left out. */
    roles?: readonly ConsoleRole[];
    /** Where it stands in the navigation, and how many things wait there; left out for pages that are reached from another. */
    nav?: { section: Section; icon: Component; order?: number; count?: () => Promise<number> };
    /** The name of the route whose entry is lit in the navigation while this page is open. */
    under?: string;
    /** More words by which the command palette finds the page. */
    words?: string;
    /** Open to people who have not signed in. */
    isPublic?: boolean;
    /** Shown without the shell: sign-in, sign-up, print. */
    bare?: boolean;
  }
}

export const routes: RouteRecordRaw[] = [
  {
    path: "/",
    name: "home",
    component: () => import("./shell/HomeSwitch.vue"),
    meta: { title: "shell.nav.home", nav: { section: "main", icon: House, order: 0 } },
  },
  {
    path: "/sign-in",
    name: "sign-in",
    component: () => import("./shell/SignInPage.vue"),
    meta: { title: "shell.sign_in.title", isPublic: true, bare: true },
  },
  ...merchantRoutes,
  ...offerRoutes,
  ...operatorRoutes,
  { path: "/:path(.*)*", name: "missing", component: () => import("./shell/MissingPage.vue"), meta: { title: "shell.missing.title" } },
];

export function makeRouter(): Router {
  const router = createRouter({
    history: createWebHistory("/console/"),
    routes,
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  });
  router.beforeEach(async (to) => {
    if (to.meta.isPublic) return true;
    const found = await loadSession().catch(() => null);
    if (!found) return { name: "sign-in", query: to.fullPath === "/" ? {} : { next: to.fullPath } };
    if (role.value === null) return { name: "sign-in", query: { as: found.role } };
    if (to.meta.roles && !to.meta.roles.includes(role.value)) return { name: "home" };
    return true;
  });
  router.afterEach((to) => i18nTitle(to.meta.title));
  return router;
}
