/** Find coupons, merchants, festivals from the command palette. */
import type { Finder } from "../finders";

export const deskFinders: Finder[] = [];
