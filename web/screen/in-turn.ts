/** Let the panels of the wall take a new total in turn, a frame each: one frame that draws all of them would be a long one. */
import { onScopeDispose, shallowRef, type ShallowRef, watch, type WatchSource } from "vue";

/** Give `count` views of `source`: the first follows at once, each other a frame after the one before. All end with the newest. */
export function useInTurn<T>(source: WatchSource<T>, count: number): Readonly<ShallowRef<T>>[] {
  const views = Array.from({ length: count }, () => shallowRef()) as ShallowRef<T>[];
  let newest: T;
  let next = count;
  let frame = 0;
  const pass = (): void => {
    frame = 0;
    views[next]!.value = newest;
    next += 1;
    if (next < count) frame = requestAnimationFrame(pass);
  };
  watch(
    source,
    (heard) => {
      newest = heard;
      // Of a page that nobody sees no frame is drawn: then nothing waits for one. Who was in the middle of a turn catches up first.
      if (next < count || document.visibilityState === "hidden") for (const view of views) view.value = newest;
      cancelAnimationFrame(frame);
      next = 0;
      pass();
    },
    { immediate: true },
  );
  onScopeDispose(() => cancelAnimationFrame(frame));
  return views;
}
