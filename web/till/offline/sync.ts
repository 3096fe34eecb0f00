/** Bring the log to the server and keep the lease fresh, in this order: the log first, then a new lease. Source: R38, I9. */
import { Intent } from "@shared/api/intent";
import { ApiError } from "@shared/api/problem";
import { ask, hear, isOffline, isSilence, onModeChange } from "../state/connection";
import { desk, device } from "../state/desk";
import { log as shown } from "../state/pending";
import { genesis } from "./chain";
import type { CatalogueItem } from "./log";
import { nameOf } from "./save";
import { openLog, reread, state, takeGoods } from "./till";

const CHUNK = 200;
const LOOK_MS = 15_000;
const WAIT_S = 20;

/** Start the offline side for this device, and keep it in step; a device that was paired anew begins a log of its own. */
export async function startOffline(): Promise<void> {
  if (!desk.deviceId || !globalThis.crypto?.subtle || !globalThis.indexedDB) return;
  if (state.log?.databaseName === nameOf(desk.deviceId)) return keepFresh();
  const isFirst = state.log === null;
  await openLog(desk.deviceId);
  if (!isFirst) return keepFresh();
  onModeChange((mode) => mode === "online" && void sync());
  window.setInterval(() => void keepFresh(), LOOK_MS);
  window.addEventListener("beforeunload", (event) => {
    if (shown.pendingCount > 0) event.preventDefault();
  });
  await keepFresh();
}

async function keepFresh(): Promise<void> {
  if (isOffline.value || desk.stage !== "open" || !desk.shift) return;
  if (shown.pendingCount > 0) await sync();
  else if (needsLease()) await renew();
}

function needsLease(): boolean {
  const { lease } = state;
  if (!lease || lease.state !== "open") return true;
  const now = Date.now();
  return now > (Date.parse(lease.granted_at) + Date.parse(lease.expires_at)) / 2;
}

let running: Promise<void> | null = null;

/** Upload what waits, in order and in pieces; what was sent before is known and does no harm. */
export function sync(): Promise<void> {
  running ??= upload().finally(() => (running = null));
  return running;
}

async function upload(): Promise<void> {
  const { log, lease } = state;
  if (!log || shown.isSyncing) return;
  shown.isSyncing = true;
  try {
    for (;;) {
      const meta = await log.meta();
      const leaseId = lease?.lease_id;
      if (!meta || !leaseId) break;
      const records = (await log.records(meta.nextSeq)).slice(0, CHUNK);
      if (records.length === 0) break;
      const asked = performance.now();
      const params = { path: { lease_id: leaseId } };
      const answer = await ask((signal) => device.POST("/v1/till-leases/{lease_id}/records", { params, body: { records }, signal }), WAIT_S);
      hear(answer.server_now, asked);
      if (answer.forked_count > 0) {
        shown.trouble = { kind: "forked" };
        return;
      }
      await log.uploaded(answer.next_seq);
      shown.breaksCount += answer.conflict_count + answer.flagged_count;
      shown.lastSyncAt = answer.server_now;
      shown.trouble = null;
      if (answer.next_seq <= meta.nextSeq) break;
    }
    await reread();
  } catch (error) {
    noteTrouble(error);
    return;
  } finally {
    shown.isSyncing = false;
  }
  await renew();
}

function noteTrouble(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
  if (isSilence(error)) return;
  if (error.code === "log_tampered") shown.trouble = { kind: "tampered", seq: Number(error.problem.details["seq"]) };
  else if (error.code === "log_forked") shown.trouble = { kind: "forked" };
  else if (error.isSignedOut) shown.trouble = { kind: "revoked" };
  else shown.trouble = { kind: "failed", text: error.problem.detail };
}

/** Ask for a fresh lease and the goods that go with it. */
export async function renew(): Promise<void> {
  const { log } = state;
  if (!log || !desk.deviceId || isOffline.value) return;
  try {
    const meta = await log.meta();
    const head = meta?.head ?? (await genesis(desk.deviceId));
    const asked = performance.now();
    const lease = await ask((signal) => device.POST("/v1/till-leases", { params: { header: new Intent().header }, body: { head }, signal }), WAIT_S);
    hear(lease.server_now, asked);
    state.lease = lease;
    // A device whose log was lost goes on where the server's copy ends.
    const goesOn = meta && lease.head.seq > meta.head.seq ? { head: lease.head, nextSeq: lease.head.seq + 1 } : {};
    await log.change({ lease, ...goesOn });
    await reread();
    const items = await catalogue(lease.lease_id);
    await log.setGoods(items);
    takeGoods(items);
    shown.trouble = null;
  } catch (error) {
    if (error instanceof ApiError && ["offline_not_allowed", "log_behind"].includes(error.code)) return;
    noteTrouble(error);
  }
}

async function catalogue(leaseId: string): Promise<CatalogueItem[]> {
  const items: CatalogueItem[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 500, ...(cursor ? { cursor } : {}) };
    const page = await ask((signal) => device.GET("/v1/till-leases/{lease_id}/catalogue", { params: { path: { lease_id: leaseId }, query }, signal }), WAIT_S);
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return items;
}

/** Give the unused part of the lease back at the end of the shift; one that is not given back ends by itself. Source: R38. */
export async function giveBack(): Promise<void> {
  const { log, lease } = state;
  if (!log || lease?.state !== "open" || shown.pendingCount > 0 || isOffline.value) return;
  try {
    const meta = await log.meta();
    if (!meta) return;
    const params = { path: { lease_id: lease.lease_id }, header: new Intent().header };
    const ended = await ask((signal) => device.POST("/v1/till-leases/{lease_id}/returns", { params, body: { head: meta.head }, signal }), WAIT_S);
    // It stays known: a log can be uploaded under any lease of its device.
    state.lease = { ...lease, state: ended.state };
    await log.change({ lease: state.lease });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}
