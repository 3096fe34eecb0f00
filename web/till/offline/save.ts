/**
 * Save the records that the server does not have as a file, in the form in which it takes them: the way out for a till that was
 * revoked, cloned or tampered with. Until then its device becomes no other till. Source: I9.
 */
import { keep, kept } from "../lib/keep";
import { TillLog } from "./log";

/** What this device has not uploaded from when it was another till, or from before it was revoked. */
export interface LeftBehind {
  log: TillLog;
  count: number;
  isSaved: boolean;
}

const PREFIX = "fairday-till-";
export const nameOf = (deviceId: string): string => PREFIX + deviceId;

/** Save what waits; the file's name holds the lease under which the merchant uploads it. */
export async function saveLog(log: TillLog): Promise<void> {
  const meta = await log.meta();
  if (!meta) return;
  const file = new Blob([JSON.stringify({ records: await log.records(meta.nextSeq) })], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `fairday-${meta.lease?.lease_id ?? "log"}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
  keep("saved", { ...kept<Record<string, number>>("saved"), [meta.deviceId]: meta.head.seq });
}

/** Tell whether everything that this log holds was saved as a file. */
export async function isSaved(log: TillLog): Promise<boolean> {
  const meta = await log.meta();
  return meta !== null && (kept<Record<string, number>>("saved")?.[meta.deviceId] ?? 0) >= meta.head.seq;
}

/**
 * Find the records that this device left behind, those that are not saved first; null when there are none.
 * It looks at every log on the device, not only at that of the till it last was.
 */
export async function leftBehind(): Promise<LeftBehind | null> {
  if (!globalThis.indexedDB?.databases) return null;
  const current = kept<string>("device");
  let saved: LeftBehind | null = null;
  for (const { name } of await indexedDB.databases().catch(() => [])) {
    if (!name?.startsWith(PREFIX)) continue;
    const log = await TillLog.open(name);
    const meta = await log.meta();
    const count = meta ? meta.head.seq + 1 - meta.nextSeq : 0;
    if (count <= 0) continue;
    if (!(await isSaved(log))) return { log, count, isSaved: false };
    if (meta?.deviceId === current) saved = { log, count, isSaved: true };
  }
  return saved;
}
