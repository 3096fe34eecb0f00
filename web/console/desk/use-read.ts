/** Read something for a page: what came, whether it is still coming, what went wrong; again on demand, or every few seconds. */
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from "vue";

export interface Reading<T> {
  data: ShallowRef<T | null>;
  error: ShallowRef<unknown>;
  isLoading: Ref<boolean>;
  read: () => Promise<void>;
}

/** An answer that comes after a newer question is dropped; one that fails keeps what was shown before. */
export function useRead<T>(ask: () => Promise<T>, everyMs = 0): Reading<T> {
  const data = shallowRef<T | null>(null);
  const error = shallowRef<unknown>(null);
  const isLoading = ref(true);
  let turn = 0;
  async function read(): Promise<void> {
    const mine = (turn += 1);
    try {
      const found = await ask();
      if (mine !== turn) return;
      data.value = found;
      error.value = null;
    } catch (problem) {
      if (mine === turn) error.value = problem;
    } finally {
      if (mine === turn) isLoading.value = false;
    }
  }
  void read();
  if (everyMs) {
    const timer = window.setInterval(() => document.visibilityState === "visible" && void read(), everyMs);
    onScopeDispose(() => window.clearInterval(timer));
  }
  return { data, error, isLoading, read };
}
