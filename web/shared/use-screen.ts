/** Give a page the live totals, how far they can be believed, and the server's clock. */
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import { hearClock, type ServerClock, serverNow } from "./clock";
import { listen } from "./feed";
import { type Freshness, type Hearing, judge } from "./freshness";
import type { ScreenTotals } from "./screen-types";

const TICK_MS = 200;

export function useScreen() {
  const totals = shallowRef<ScreenTotals | null>(null);
  const freshness = ref<Freshness>("waiting");
  /** The festival clock in epoch milliseconds, to the second, which is all that is shown; null until the server has told it. */
  const now = ref<number | null>(null);
  let clock: ServerClock | null = null;
  let hearing: Hearing = { startedAt: performance.now(), heardAt: null, stale: false, delayMs: 0 };

  const tick = (): void => {
    const at = performance.now();
    freshness.value = judge(hearing, at);
    if (clock !== null) now.value = Math.floor(serverNow(clock, at) / 1000) * 1000;
  };

  const stop = listen((heard) => {
    const at = performance.now();
    hearing = { ...hearing, heardAt: at, stale: heard.stale, delayMs: heard.delay_ms };
    clock = hearClock(clock, Date.parse(heard.now), at);
    totals.value = heard;
    tick();
  });
  const timer = window.setInterval(tick, TICK_MS);
  onScopeDispose(() => {
    stop();
    window.clearInterval(timer);
  });

  const zone = computed(() => totals.value?.festival?.time_zone ?? "Asia/Shanghai");
  return { totals, freshness, now, zone };
}
