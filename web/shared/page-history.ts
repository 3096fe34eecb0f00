/** The history of a page's addresses as the router wants it, told to the browser once at the start instead of twice. */
import { type RouterHistory, createWebHistory } from "vue-router";

/**
 * Make the history below `base`. The router says the first address again after its first page was chosen; the browser would take
 * that as a navigation of its own, in the middle of the work that brings the page.
 */
export function pageHistory(base: string): RouterHistory {
  const history = createWebHistory(base);
  const { replace } = history;
  let isFirst = true;
  history.replace = (to, data) => {
    const isSaid = isFirst && to === history.location;
    isFirst = false;
    if (!isSaid) replace(to, data);
  };
  return history;
}
