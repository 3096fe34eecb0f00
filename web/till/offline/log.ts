/**
 * Keep the append-only log in IndexedDB, each record durable before anybody sees green. One chain per device: writers of all tabs
 * take turns, and the head stands in the same transaction as the record, so that no number is given twice. Source: I9, X19.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Schema } from "@shared/api/client";
import { type Head, type LogRecord, nextRecord } from "./chain";
import type { Lease } from "./judge";
import type { Anchor } from "./time";

export type CatalogueItem = Schema<"CatalogueItem">;

interface Meta {
  deviceId: string;
  head: Head;
  /** First number that the server does not have yet. */
  nextSeq: number;
  lease: Lease | null;
  anchor: Anchor | null;
  lastLoggedMs: number;
}

interface Tables extends DBSchema {
  records: { key: number; value: LogRecord };
  meta: { key: string; value: Meta };
  goods: { key: string; value: CatalogueItem; indexes: { gtin: string } };
}

const ONLY = "log";
/** How many uploaded records are kept to look at. */
const KEPT = 5000;

/** Take turns with every other tab of this till. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (!globalThis.navigator?.locks) return work();
  return navigator.locks.request("fairday-till-log", work) as Promise<T>;
}

function abort(turn: { abort(): void }): void {
  try {
    turn.abort();
  } catch {
    // It ended already.
  }
}

export class TillLog {
  private constructor(
    private readonly db: IDBPDatabase<Tables>,
    private readonly name: string,
  ) {}

  static async open(name = "fairday-till"): Promise<TillLog> {
    const db = await openDB<Tables>(name, 1, {
      upgrade(made) {
        made.createObjectStore("records", { keyPath: "seq" });
        made.createObjectStore("meta");
        made.createObjectStore("goods", { keyPath: "sku_id" }).createIndex("gtin", "gtin");
      },
    });
    return new TillLog(db, name);
  }

  get databaseName(): string {
    return this.name;
  }

  async meta(): Promise<Meta | null> {
    return (await this.db.get("meta", ONLY)) ?? null;
  }

  /** Begin the log of a newly paired device; one that has records which were not uploaded is never replaced. */
  async begin(deviceId: string, head: Head): Promise<void> {
    await inTurn(async () => {
      const known = await this.meta();
      if (known?.deviceId === deviceId) return;
      if (known && known.head.seq >= known.nextSeq) throw new Error("the log holds records that were not uploaded");
      const turn = this.db.transaction(["records", "meta"], "readwrite", { durability: "strict" });
      await turn.objectStore("records").clear();
      await turn.objectStore("meta").put({ deviceId, head, nextSeq: head.seq + 1, lease: null, anchor: null, lastLoggedMs: 0 }, ONLY);
      await turn.done;
    });
  }

  async change(part: Partial<Pick<Meta, "lease" | "anchor" | "nextSeq" | "head">>): Promise<void> {
    // A lease must outlive a power cut, else the till is without coupons until the line is back; the clock's anchor need not.
    const turn = this.db.transaction("meta", "readwrite", { durability: "lease" in part ? "strict" : "relaxed" });
    const known = await turn.store.get(ONLY);
    if (known) await turn.store.put({ ...known, ...part }, ONLY);
    await turn.done;
  }

  /**
   * Append what happened and resolve when it is on the disk. `make` gets the number and returns the body's JSON text.
   * A writer that was faster makes it try again on the new head: numbers have no gaps and no twins.
   */
  async append(make: (seq: number) => string, happenedMs: number): Promise<LogRecord> {
    return inTurn(async () => {
      for (;;) {
        const before = await this.meta();
        if (!before) throw new Error("there is no log yet");
        const record = await nextRecord(before.head, make(before.head.seq + 1));
        const turn = this.db.transaction(["records", "meta"], "readwrite", { durability: "strict" });
        const now = await turn.objectStore("meta").get(ONLY);
        if (now?.head.hash !== before.head.hash) {
          turn.abort();
          await turn.done.catch(() => undefined);
          continue;
        }
        try {
          await turn.objectStore("records").add(record);
          await turn.objectStore("meta").put({ ...now, head: { seq: record.seq, hash: record.hash }, lastLoggedMs: Math.max(now.lastLoggedMs, happenedMs) }, ONLY);
          await turn.done;
          return record;
        } catch (error) {
          // Record and head stand together or not at all: what failed half-way must not be committed by itself.
          abort(turn);
          await turn.done.catch(() => undefined);
          throw error;
        }
      }
    });
  }

  records(from = 0): Promise<LogRecord[]> {
    return this.db.getAll("records", IDBKeyRange.lowerBound(from));
  }

  /** Note that the server has everything below `nextSeq`; old uploaded records go. */
  async uploaded(nextSeq: number): Promise<void> {
    const turn = this.db.transaction(["records", "meta"], "readwrite", { durability: "strict" });
    const known = await turn.objectStore("meta").get(ONLY);
    if (known) await turn.objectStore("meta").put({ ...known, nextSeq: Math.max(known.nextSeq, nextSeq) }, ONLY);
    if (nextSeq > KEPT) await turn.objectStore("records").delete(IDBKeyRange.upperBound(nextSeq - KEPT));
    await turn.done;
  }

  async setGoods(items: readonly CatalogueItem[]): Promise<void> {
    const turn = this.db.transaction("goods", "readwrite", { durability: "strict" });
    await turn.store.clear();
    for (const item of items) void turn.store.put(item);
    await turn.done;
  }

  goods(): Promise<CatalogueItem[]> {
    return this.db.getAll("goods");
  }

  async forget(): Promise<void> {
    const turn = this.db.transaction(["records", "meta", "goods"], "readwrite", { durability: "strict" });
    await Promise.all([turn.objectStore("records").clear(), turn.objectStore("meta").clear(), turn.objectStore("goods").clear()]);
    await turn.done;
  }

  close(): void {
    this.db.close();
  }
}
