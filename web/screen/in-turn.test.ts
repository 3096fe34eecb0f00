import { afterEach, expect, test, vi } from "vitest";
import { effectScope, nextTick, shallowRef } from "vue";
import { useInTurn } from "./in-turn";

let waiting: (() => void)[] = [];
const drawFrame = (): void => waiting.splice(0).forEach((work) => work());
afterEach(() => {
  vi.unstubAllGlobals();
  waiting = [];
});

function look(visibilityState: string) {
  vi.stubGlobal("document", { visibilityState });
  vi.stubGlobal("requestAnimationFrame", (work: () => void) => waiting.push(work));
  vi.stubGlobal("cancelAnimationFrame", () => (waiting = []));
  const source = shallowRef(1);
  const views = effectScope().run(() => useInTurn(source, 3))!;
  return { source, seen: () => views.map((view) => view.value) };
}

test("each view follows a frame after the one before", async () => {
  const { source, seen } = look("visible");
  drawFrame();
  drawFrame();
  expect(seen()).toEqual([1, 1, 1]);
  source.value = 2;
  await nextTick();
  expect(seen()).toEqual([2, 1, 1]);
  drawFrame();
  expect(seen()).toEqual([2, 2, 1]);
  drawFrame();
  expect(seen()).toEqual([2, 2, 2]);
});

test("a total that comes before all had their turn leaves nobody behind", async () => {
  const { source, seen } = look("visible");
  source.value = 2;
  await nextTick();
  expect(seen()).toEqual([2, 2, 2]);
});

test("a page that nobody sees waits for no frame", async () => {
  const { source, seen } = look("hidden");
  expect(seen()).toEqual([1, 1, 1]);
  source.value = 2;
  await nextTick();
  expect(seen()).toEqual([2, 2, 2]);
});
