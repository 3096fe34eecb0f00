/** Watch the line to the server: every call reports here, a probe looks in between, and the server's clock is heard on the way. */
import { computed, reactive } from "vue";
import { type ServerClock, hearClock, serverNow } from "@shared/clock";
import { answer, makeApi } from "@shared/api/client";
import { ApiError } from "@shared/api/problem";
import { type Link, newLink, next, probeMs } from "./link";
import { settings } from "./settings";

const probes = makeApi("till-device");

const state = reactive<{ link: Link; clock: ServerClock | null; heardAt: number | null; clockOffByS: number | null }>({
  link: newLink(performance.now()),
  clock: null,
  heardAt: null,
  clockOffByS: null,
});

export const link = computed(() => state.link);
export const isOffline = computed(() => state.link.mode === "offline");
/** How far the device's own clock is from the server's, in seconds; null before the server was heard. */
export const clockOffByS = computed(() => state.clockOffByS);

const changed = new Set<(mode: "online" | "offline") => void>();

/** Call `listener` whenever the mode changes. */
export function onModeChange(listener: (mode: "online" | "offline") => void): void {
  changed.add(listener);
}

function see(seen: Parameters<typeof next>[1]): void {
  const before = state.link.mode;
  state.link = next(state.link, seen);
  if (state.link.mode !== before) for (const listener of changed) listener(state.link.mode);
}

export function forceOffline(isForced: boolean): void {
  see({ kind: "force", isForced, at: performance.now() });
  schedule();
}

export interface Heard {
  /** Server time at the last answer that told it, in milliseconds. */
  serverMs: number;
  /** Steady clock then. */
  steadyMs: number;
}
let heard: Heard | null = null;

/** Hear the server's time from an answer that was asked for at `askedAt` on the steady clock. */
export function hear(instant: string, askedAt: number): void {
  const steadyMs = (askedAt + performance.now()) / 2;
  const serverMs = Date.parse(instant);
  if (Number.isNaN(serverMs)) return;
  state.clock = hearClock(state.clock, serverMs, steadyMs);
  state.heardAt = steadyMs;
  heard = { serverMs, steadyMs };
  state.clockOffByS = Math.round((Date.now() - serverNow(state.clock, performance.now())) / 1000);
  for (const listener of heardListeners) listener(serverMs);
}

const heardListeners = new Set<(serverMs: number) => void>();
export function onHeard(listener: (serverMs: number) => void): void {
  heardListeners.add(listener);
}

/** What was last heard of the server's clock since this page was loaded, or null. */
export function lastHeard(): Heard | null {
  return heard;
}

/** Server time by the steady clock, or null when the server was not heard since the page was loaded. */
export function nowByServer(): number | null {
  return state.clock ? serverNow(state.clock, performance.now()) : null;
}

/** Give a call its deadline, and tell the link what came of it. Throws `ApiError`; one without an answer has put the till offline. */
export async function ask<T>(call: (signal: AbortSignal) => Promise<{ data?: T; error?: unknown; response: Response }>, deadlineS: number = settings.offlineAfterS): Promise<T> {
  try {
    const document = await answer(call(AbortSignal.timeout(deadlineS * 1000)));
    see({ kind: "answer", at: performance.now() });
    return document;
  } catch (error) {
    if (error instanceof ApiError) see({ kind: isSilence(error) ? "silence" : "answer", at: performance.now() });
    throw error;
  }
}

/** Tell whether an error means that nothing is known of the outcome: no answer, or a server in trouble. */
export function isSilence(error: unknown): boolean {
  return error instanceof ApiError && (error.isOffline || [500, 502, 503, 504].includes(error.problem.status));
}

async function probe(): Promise<void> {
  const askedAt = performance.now();
  try {
    const reading = await ask((signal) => probes.GET("/v1/clock", { signal }));
    hear(reading.now, askedAt);
  } catch {
    // The link knows.
  }
}

let timer = 0;
function schedule(): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void probe().finally(schedule), probeMs(state.link));
}

/** Begin to watch. */
export function watchLink(): void {
  void probe().finally(schedule);
  window.addEventListener("offline", () => see({ kind: "silence", at: performance.now() }));
  window.addEventListener("online", () => void probe());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void probe();
  });
}
