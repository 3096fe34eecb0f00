/** Play a night again from the frames that were kept: pure decisions about which frame is shown when. */
import type { ScreenTotals, SeriesBucket } from "@shared/screen-types";

const BUCKET_MS = 10_000;
const SERIES_MS = 30 * 60_000;

export interface ReplayWish {
  /** RFC 3339, or null for the first frame there is. */
  since: string | null;
  speed: number;
}

/** Read `?replay=2026-11-11T00:00:00+08:00&speed=60`; `?replay=start` begins with the first frame. Null when it is not asked for. */
export function readReplay(search: string): ReplayWish | null {
  const query = new URLSearchParams(search);
  const from = query.get("replay");
  if (from === null) return null;
  const speed = Number(query.get("speed") ?? 60);
  const at = Date.parse(from.replace(" ", "+"));
  return {
    since: Number.isNaN(at) ? null : new Date(at).toISOString(),
    speed: Number.isFinite(speed) && speed >= 1 ? Math.min(speed, 3600) : 60,
  };
}

/** The place of the newest frame at or before `at` (epoch milliseconds of the night), 0 before the first. */
export function placeAt(frames: readonly ScreenTotals[], at: number): number {
  let low = 0;
  let high = frames.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (Date.parse(frames[middle]!.now) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Draw the half hour before a frame from the totals of the frames themselves. */
export function seriesUpTo(frames: readonly ScreenTotals[], place: number): SeriesBucket[] {
  const end = Date.parse(frames[place]?.now ?? "");
  const buckets: SeriesBucket[] = [];
  for (let n = Math.max(1, place - SERIES_MS / BUCKET_MS); n <= place; n += 1) {
    const before = frames[n - 1]!;
    const frame = frames[n]!;
    const at = Math.floor(Date.parse(frame.now) / BUCKET_MS) * BUCKET_MS - BUCKET_MS;
    if (end - at > SERIES_MS) continue;
    buckets.push({
      at: new Date(at).toISOString(),
      gmv_minor: Math.max(0, frame.gmv_minor - before.gmv_minor),
      orders_count: Math.max(0, frame.orders_count - before.orders_count),
    });
  }
  return buckets;
}
