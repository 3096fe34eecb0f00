import { expect, test } from "vitest";
import type { RouteRecordRaw } from "vue-router";
import { entriesFor, sectionsOf } from "./navigation";

const icon = {};
const page = (name: string, meta: RouteRecordRaw["meta"]): RouteRecordRaw => ({ path: `/${name}`, name, component: {}, meta });
const ROUTES = [
  page("staff", { title: "staff", roles: ["merchant"], nav: { section: "team", icon, order: 2 } }),
  page("tills", { title: "tills", roles: ["merchant"], nav: { section: "team", icon, order: 1 } }),
  page("till", { title: "till", roles: ["merchant"] }),
  page("merchants", { title: "merchants", roles: ["operator"], nav: { section: "system", icon } }),
  page("home", { title: "home", nav: { section: "main", icon } }),
];

test("a role sees its own pages and those of everybody, in the order of the house", () => {
  const seen = sectionsOf(entriesFor(ROUTES, "merchant"));
  expect(seen.map((section) => [section.key, section.entries.map((entry) => entry.name)])).toEqual([
    ["main", ["home"]],
    ["team", ["tills", "staff"]],
  ]);
});

test("nobody sees anything before signing in", () => {
  expect(entriesFor(ROUTES, null)).toEqual([]);
});
