/** Behave like a wall: stay awake, and fill the screen on a click. */
import { onBeforeUnmount, onMounted, ref } from "vue";

export function useWall() {
  const isFullscreen = ref(false);
  let lock: WakeLockSentinel | null = null;

  const stayAwake = async (): Promise<void> => {
    if (document.visibilityState !== "visible" || (lock && !lock.released)) return;
    try {
      lock = (await navigator.wakeLock?.request("screen")) ?? null;
    } catch {
      // Battery saving or an insecure address refuse it; the screen works without.
    }
  };
  const follow = (): void => {
    isFullscreen.value = document.fullscreenElement !== null;
  };
  const toggleFullscreen = async (): Promise<void> => {
    void stayAwake();
    try {
      await (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
    } catch {
      // A phone that cannot fill its screen shows the page as it is.
    }
  };
  const onVisible = (): void => void stayAwake();

  onMounted(() => {
    void stayAwake();
    document.addEventListener("visibilitychange", onVisible);
    document.addEventListener("fullscreenchange", follow);
  });
  onBeforeUnmount(() => {
    document.removeEventListener("visibilitychange", onVisible);
    document.removeEventListener("fullscreenchange", follow);
    void lock?.release();
  });
  return { isFullscreen, toggleFullscreen };
}
