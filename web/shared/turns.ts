/** Build a page in turns, each a task of its own, so that no turn keeps a finger waiting; what comes first is what is seen first. */
import { onScopeDispose, ref, type Ref } from "vue";

/** Do `work` after the next frame was drawn; a page that is not shown draws none and goes on at once. */
export function afterFrame(work: () => void): void {
  if (document.visibilityState === "hidden") setTimeout(work);
  else requestAnimationFrame(() => setTimeout(work));
}

/** Resolve in a task of its own, so that what was done so far and what comes next do not add up to one long one. */
export function ownTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/**
 * Count the turns since the component began: 0 at once, 1 after the next frame, then one more in each task, up to `most`. Only the
 * first turn is shown by itself: a frame for each would take the processor from the work.
 */
export function useTurns(most: number): Ref<number> {
  const turn = ref(0);
  let isGone = false;
  const next = (): void => {
    if (isGone) return;
    turn.value += 1;
    if (turn.value < most) void ownTask().then(next);
  };
  afterFrame(next);
  onScopeDispose(() => (isGone = true));
  return turn;
}
