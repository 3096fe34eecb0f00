/** Keep the till openable without a network; a new version waits until every record is uploaded and the basket is empty. */
import { ref, watch } from "vue";
import { calm } from "@shared/calm";
import { basket } from "../state/basket";
import { log } from "../state/pending";
import { sale } from "../state/sale";

export const isVersionWaiting = ref(false);

export async function keepOpenable(): Promise<void> {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  await calm();
  const found = await navigator.serviceWorker.register("/till/sw.js", { scope: "/till/" }).catch(() => null);
  if (!found) return;
  const look = (): void => {
    isVersionWaiting.value = found.waiting !== null && navigator.serviceWorker.controller !== null;
  };
  look();
  found.addEventListener("updatefound", () => found.installing?.addEventListener("statechange", look));
  let hadController = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (hadController) location.reload();
    hadController = true;
  });
  watch([isVersionWaiting, () => log.pendingCount, () => basket.lines.length, () => sale.pending], () => {
    if (isVersionWaiting.value && log.pendingCount === 0 && basket.lines.length === 0 && !sale.pending) found.waiting?.postMessage({ type: "SKIP_WAITING" });
  }, { immediate: true });
}
