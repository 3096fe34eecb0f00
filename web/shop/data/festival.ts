/** Keep the festival and its clock for all pages: read once, ticking by the server's time, never by the device's. */
import { computed, effectScope, ref, shallowRef, type Ref } from "vue";
import { firstHeardMs, hasFirst, peekFirst } from "@shared/api/first";
import { type Heard, useServerNow } from "@shared/server-clock";
import { answer, api, type Schema } from "./api";

export type FestivalNow = Schema<"FestivalNow">;
export type Phase = Schema<"Phase">;

const current = shallowRef(peekFirst<FestivalNow>("shop", "/v1/festivals/current"));
const isSandbox = ref(false);
let clock: { now: Ref<number | null>; refresh: () => Promise<void> } | null = null;

async function readInstant(): Promise<string | Heard> {
  const cameWithPage = hasFirst("shop", "/v1/festivals/current");
  const found = await answer(api.GET("/v1/festivals/current"));
  current.value = found;
  return cameWithPage ? { instant: found.now, atMs: firstHeardMs() } : found.now;
}

/** Give the festival, the phases' zone, and server time in milliseconds (null until it was first heard). */
export function useFestival() {
  if (clock === null) {
    clock = effectScope(true).run(() => useServerNow(readInstant)) ?? null;
    void answer(api.GET("/v1/clock")).then(
      (reading) => (isSandbox.value = reading.is_sandbox),
      () => undefined,
    );
  }
  const kept = clock as NonNullable<typeof clock>;
  return {
    now: kept.now,
    refresh: kept.refresh,
    current,
    isSandbox,
    zone: computed(() => current.value?.festival.time_zone ?? "Asia/Shanghai"),
    /** The phase of this very second: a change at midnight shows at midnight, without asking the server. */
    phase: computed(() => phaseAt(current.value, kept.now.value)),
  };
}

export function phaseAt(found: FestivalNow | null, now: number | null): Phase | null {
  if (!found || now === null) return found?.phase ?? null;
  return found.festival.phases.find((one) => Date.parse(one.starts_at) <= now && now < Date.parse(one.ends_at)) ?? null;
}
