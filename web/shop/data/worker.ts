/** Let the pages open without a network. A new version waits until every tab of the old one is closed. */
import { calm } from "@shared/calm";

/** Its two megabytes are fetched when the page rests: before, they would keep the page's own pictures waiting. */
export async function registerWorker(): Promise<void> {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  await calm();
  await navigator.serviceWorker.register("/shop/sw.js", { scope: "/shop/" }).catch(() => undefined);
}
