/** Make the navigation from the routes: a page is listed where its `meta.nav` says, for the roles that may open it. Pure. */
import type { Component } from "vue";
import type { RouteRecordRaw } from "vue-router";
import type { ConsoleRole } from "../session";
import { SECTIONS, type Section } from "./sections";

export interface NavEntry {
  name: string;
  title: string;
  section: Section;
  icon: Component;
  order: number;
  words: string;
  /** How many things wait on the page. */
  count?: () => Promise<number>;
}

/** Return the pages that stand in the navigation of `role`. */
export function entriesFor(routes: readonly RouteRecordRaw[], role: ConsoleRole | null): NavEntry[] {
  return routes.flatMap((route) => {
    const { nav, title, roles, words } = route.meta ?? {};
    if (!nav || !title || role === null || (roles && !roles.includes(role))) return [];
    return [{ name: String(route.name), title, section: nav.section, icon: nav.icon, order: nav.order ?? 50, words: words ?? "", ...(nav.count ? { count: nav.count } : {}) }];
  });
}

/** Put entries into sections, in the order of the house; empty sections are left out. */
export function sectionsOf(entries: readonly NavEntry[]): { key: Section; entries: NavEntry[] }[] {
  return SECTIONS.map((key) => ({
    key,
    entries: entries.filter((entry) => entry.section === key).sort((a, b) => a.order - b.order),
  })).filter((section) => section.entries.length > 0);
}
