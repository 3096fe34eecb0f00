/** The one client of the shopper's pages. */
import { makeApi } from "@shared/api/client";

export { answer, type Schema } from "@shared/api/client";
export const api = makeApi("shop");
