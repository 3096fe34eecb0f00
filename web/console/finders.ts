/** What the command palette finds besides pages. Each part of the house adds its own finders. */
import type { RouteLocationRaw } from "vue-router";
import { deskFinders } from "./finders/desk";
import { merchantFinders } from "./finders/merchant";
import type { ConsoleRole } from "./session";

/** One thing found: its name, a line about it, where it leads. */
export interface Hit {
  key: string;
  title: string;
  detail?: string;
  to: RouteLocationRaw;
}

/** Finds things of one kind; `title` is the message key of the kind. Answers at most a handful, best first. */
export interface Finder {
  title: string;
  roles: readonly ConsoleRole[];
  find: (words: string) => Promise<Hit[]>;
}

export const finders: Finder[] = [...merchantFinders, ...deskFinders];
