/** Keep the screen awake while a clerk works; the lock is taken again whenever the page is shown. */
import { onScopeDispose } from "vue";

export function useWakeLock(): void {
  let lock: WakeLockSentinel | null = null;
  const take = async (): Promise<void> => {
    if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    try {
      lock = await navigator.wakeLock.request("screen");
    } catch {
      // A low battery may refuse it.
    }
  };
  void take();
  document.addEventListener("visibilitychange", take);
  onScopeDispose(() => {
    document.removeEventListener("visibilitychange", take);
    void lock?.release();
  });
}
