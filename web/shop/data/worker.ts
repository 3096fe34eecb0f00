/** Let the pages open without a network. A new version waits until every tab of the old one is closed. */
export function registerWorker(): void {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  window.addEventListener("load", () => void navigator.serviceWorker.register("/shop/sw.js", { scope: "/shop/" }).catch(() => undefined));
}
