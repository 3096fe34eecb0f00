/** Know the festival's clock and phase; one reading for the whole console. */
import { computed, effectScope, shallowRef } from "vue";
import type { Schema } from "@shared/api/client";
import { useServerNow } from "@shared/server-clock";
import { countdown } from "@shared/clock";
import { answer } from "@shared/api/client";
import { ApiError } from "@shared/api/problem";
import { api } from "./session";

type FestivalNow = Schema<"FestivalNow">;

function watchFestival() {
  const current = shallowRef<FestivalNow | null>(null);
  const isSandbox = shallowRef(false);
  const { now } = useServerNow(async () => {
    const reading = await answer(api.GET("/v1/clock"));
    isSandbox.value = reading.is_sandbox;
    current.value = await answer(api.GET("/v1/festivals/current")).catch((error: unknown) => {
      if (error instanceof ApiError && error.problem.status === 404) return null;
      throw error;
    });
    return reading.now;
  });
  const awaited = computed(() => {
    const at = current.value?.next_change_at;
    if (!at || now.value === null) return null;
    const opens = current.value?.next_phase ?? null;
    const isOpening = opens !== null && opens.starts_at === at;
    return { what: isOpening ? ("starts" as const) : ("ends" as const), phase: isOpening ? opens : (current.value?.phase ?? null), left: countdown(Date.parse(at), now.value) };
  });
  return { current, isSandbox, now, awaited };
}

let shared: ReturnType<typeof watchFestival> | null = null;

export function useFestival(): ReturnType<typeof watchFestival> {
  if (!shared) effectScope(true).run(() => (shared = watchFestival()));
  return shared!;
}
