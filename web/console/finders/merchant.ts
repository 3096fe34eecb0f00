/** Find a merchant's products, stores, staff and orders from the command palette. */
import type { Finder } from "../finders";

export const merchantFinders: Finder[] = [];
