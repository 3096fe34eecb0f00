/** Give a page the totals of a past night at a chosen speed, in the shape of the live ones. */
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import type { Freshness } from "@shared/freshness";
import type { ScreenTotals } from "@shared/screen-types";
import { placeAt, type ReplayWish, seriesUpTo } from "./replay";

const TICK_MS = 200;
const AHEAD = 60;

export function useReplay(wish: ReplayWish) {
  const frames: ScreenTotals[] = [];
  const totals = shallowRef<ScreenTotals | null>(null);
  const freshness = ref<Freshness>("waiting");
  const now = ref<number | null>(null);
  const isPaused = ref(false);
  const isOver = ref(false);
  let cursor: string | null | undefined;
  let isReading = false;
  let shown = -1;
  let ticked = performance.now();

  const read = async (): Promise<void> => {
    if (isReading || cursor === null) return;
    isReading = true;
    try {
      const query = new URLSearchParams({ limit: "100" });
      if (cursor) query.set("cursor", cursor);
      else if (wish.since) query.set("since", wish.since);
      const response = await fetch(`/v1/screen/frames?${query}`, { headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(String(response.status));
      const page = (await response.json()) as { items: ScreenTotals[]; next_cursor: string | null };
      frames.push(...page.items);
      cursor = page.next_cursor;
      if (now.value === null && frames[0]) now.value = Date.parse(frames[0].now);
      freshness.value = frames.length ? "live" : "silent";
    } catch {
      if (!frames.length) freshness.value = "silent";
    } finally {
      isReading = false;
    }
  };

  const tick = (): void => {
    const at = performance.now();
    const passed = at - ticked;
    ticked = at;
    if (now.value === null || isPaused.value || !frames.length) return;
    const end = Date.parse(frames.at(-1)!.now);
    now.value = Math.min(now.value + passed * wish.speed, end);
    isOver.value = now.value >= end && cursor === null;
    const place = placeAt(frames, now.value);
    if (place !== shown) {
      shown = place;
      totals.value = { ...frames[place]!, stale: false, delay_ms: 0, series: seriesUpTo(frames, place), ghost: null };
    }
    if (frames.length - place < AHEAD) void read();
  };

  void read();
  const timer = window.setInterval(tick, TICK_MS);
  onScopeDispose(() => window.clearInterval(timer));
  const zone = computed(() => totals.value?.festival?.time_zone ?? "Asia/Shanghai");
  return { totals, freshness, now, zone, isPaused, isOver };
}
