/** Keep the screen awake while a page is shown; a phone that cannot simply dims as always. */
import { onMounted, onScopeDispose } from "vue";

export function useWake(): void {
  let lock: WakeLockSentinel | null = null;
  const ask = async (): Promise<void> => {
    if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    lock = await navigator.wakeLock.request("screen").catch(() => null);
  };
  const onShown = (): void => void ask();
  onMounted(ask);
  document.addEventListener("visibilitychange", onShown);
  onScopeDispose(() => {
    document.removeEventListener("visibilitychange", onShown);
    void lock?.release();
  });
}
