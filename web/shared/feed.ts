/** Hear the live totals: a snapshot at once, then the stream; whatever breaks, keep coming back. */
import type { ScreenTotals } from "./screen-types";

const SNAPSHOT_URL = "/v1/screen";
const STREAM_URL = "/v1/screen/stream";
/** A stream that says nothing for so long is dead even if its connection looks open. */
const DEAD_AFTER_MS = 8000;
const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 15_000;

/** Listen until the returned function is called. Every message heard is handed on, in order of arrival. */
export function listen(onTotals: (totals: ScreenTotals) => void): () => void {
  let stream: EventSource | null = null;
  let retryMs = RETRY_MIN_MS;
  let aliveAt = performance.now();
  let retryAt = 0;
  let heardCount = 0;
  let stopped = false;

  const hear = (text: string): void => {
    const totals = parseTotals(text);
    if (totals === null || stopped) return;
    heardCount += 1;
    aliveAt = performance.now();
    retryMs = RETRY_MIN_MS;
    onTotals(totals);
  };

  const snapshot = async (): Promise<void> => {
    const before = heardCount;
    try {
      const response = await fetch(SNAPSHOT_URL, { headers: { Accept: "application/json" }, cache: "no-store" });
      const text = response.ok ? await response.text() : "";
      if (heardCount === before) hear(text);
    } catch {
      // The stream, or the next try, will tell; the screen itself shows that nothing comes.
    }
  };

  const open = (): void => {
    stream?.close();
    aliveAt = performance.now();
    stream = new EventSource(STREAM_URL);
    stream.addEventListener("totals", (event) => hear((event as MessageEvent<string>).data));
    void snapshot();
  };

  const watch = (): void => {
    const at = performance.now();
    const closed = stream?.readyState === EventSource.CLOSED;
    if (!closed && at - aliveAt <= DEAD_AFTER_MS) return;
    if (retryAt === 0) {
      retryAt = at + retryMs * (0.5 + Math.random());
      retryMs = Math.min(RETRY_MAX_MS, retryMs * 2);
    } else if (at >= retryAt) {
      retryAt = 0;
      open();
    }
  };

  const timer = window.setInterval(watch, 500);
  open();
  return () => {
    stopped = true;
    window.clearInterval(timer);
    stream?.close();
  };
}

/** Read a message, or null for one that is not the totals: a broken message must not wipe a screen that still stands. */
export function parseTotals(text: string): ScreenTotals | null {
  try {
    const value = JSON.parse(text) as Partial<ScreenTotals> | null;
    if (!value || !Number.isFinite(value.gmv_minor) || !Number.isFinite(Date.parse(value.now ?? ""))) return null;
    const lists = [value.provinces, value.top_stores, value.top_products, value.series];
    return lists.every(Array.isArray) ? (value as ScreenTotals) : null;
  } catch {
    return null;
  }
}
