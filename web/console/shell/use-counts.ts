/** Count what waits on the pages of the navigation: once a minute, and at once after something was done. A count that fails is not shown. */
import { onScopeDispose, ref, shallowRef, watch, type Ref } from "vue";

const EVERY_MS = 60_000;
const asked = ref(0);

/** Count again now. */
export function recount(): void {
  asked.value += 1;
}

export function useCounts(counters: () => readonly { name: string; count: () => Promise<number> }[]): Ref<ReadonlyMap<string, number>> {
  const counts = shallowRef<ReadonlyMap<string, number>>(new Map());
  const read = async (): Promise<void> => {
    if (document.visibilityState === "hidden") return;
    const found = await Promise.all(counters().map(async ({ name, count }) => [name, await count().catch(() => 0)] as const));
    counts.value = new Map(found);
  };
  watch([asked, () => counters().map((one) => one.name).join()], () => void read(), { immediate: true });
  const timer = window.setInterval(() => void read(), EVERY_MS);
  onScopeDispose(() => window.clearInterval(timer));
  return counts;
}
