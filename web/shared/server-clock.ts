/** Keep the festival clock for a page: read once a minute and when the page is shown again; ticks once a second. */
import { onScopeDispose, ref, type Ref } from "vue";
import { type ServerClock, hearClock, serverNow } from "./clock";

const READ_MS = 60_000;

/** An instant that came earlier than it was read, and when that was by the page's steady clock. */
export interface Heard {
  instant: string;
  atMs: number;
}

/** Server time in milliseconds, or null until it was first heard. Never the device's own clock. */
export function useServerNow(readInstant: () => Promise<string | Heard>): { now: Ref<number | null>; refresh: () => Promise<void> } {
  let clock: ServerClock | null = null;
  const now = ref<number | null>(null);

  const tick = (): void => {
    if (clock) now.value = serverNow(clock, performance.now());
  };
  const refresh = async (): Promise<void> => {
    try {
      const asked = performance.now();
      const heard = await readInstant();
      if (typeof heard === "string") clock = hearClock(clock, Date.parse(heard), (asked + performance.now()) / 2);
      else clock = hearClock(clock, Date.parse(heard.instant), heard.atMs);
      tick();
    } catch {
      // The last reading stays good; the next one comes within a minute.
    }
  };
  const onShown = (): void => {
    if (document.visibilityState === "visible") void refresh();
  };

  void refresh();
  const ticking = window.setInterval(tick, 1000);
  const reading = window.setInterval(() => void refresh(), READ_MS);
  document.addEventListener("visibilitychange", onShown);
  onScopeDispose(() => {
    window.clearInterval(ticking);
    window.clearInterval(reading);
    document.removeEventListener("visibilitychange", onShown);
  });
  return { now, refresh };
}
