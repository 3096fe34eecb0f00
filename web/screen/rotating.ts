/** Turn panels by time, and let a person hold one: how long each stays, and which is next. */
import { onScopeDispose, ref, type Ref } from "vue";

const SHOWN_MS = 12_000;

/** Give the place of the panel that is shown, of `count()`; it turns by itself unless held, or when motion is unwelcome. */
export function useRotation(count: () => number): { place: Ref<number>; hold: () => void; release: () => void; show: (place: number) => void } {
  const place = ref(0);
  let held = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const still = held;

  const timer = window.setInterval(() => {
    if (!held && count() > 1) place.value = (place.value + 1) % count();
  }, SHOWN_MS);
  onScopeDispose(() => window.clearInterval(timer));

  return {
    place,
    hold: () => {
      held = true;
    },
    release: () => {
      held = still;
    },
    show: (wanted) => {
      place.value = wanted;
    },
  };
}
