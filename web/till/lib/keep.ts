/**
 * Keep small things on the device by name; a device that refuses storage still works while the page is open.
 *
 * Browsers write localStorage to the disk when they like, minutes later at worst. What a till must know after a power cut to go on
 * without a network (which till it is, whose shift is open) therefore stands in IndexedDB as well, written through at once.
 */
import { type IDBPDatabase, openDB } from "idb";

const PREFIX = "fairday.till.";
const FIRM = new Set(["device", "desk", "signedIn", "clerks", "saved"]);
const TABLE = "standing";

export function kept<T>(name: string): T | null {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

/** Keep a thing; null forgets it. */
export function keep(name: string, thing: unknown): void {
  if (FIRM.has(name)) write(name, thing === null ? null : JSON.stringify(thing));
  place(name, thing === null ? null : JSON.stringify(thing));
}

function place(name: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, text);
  } catch {
    // Private windows and full disks: nothing is kept.
  }
}

let opened: Promise<IDBPDatabase> | null = null;
let writing: Promise<void> = Promise.resolve();

function disk(): Promise<IDBPDatabase> {
  opened ??= openDB("fairday-standing", 1, { upgrade: (made) => void made.createObjectStore(TABLE) });
  return opened;
}

/** Write through, one after another in the order of the calls. */
function write(name: string, text: string | null): void {
  if (!globalThis.indexedDB) return;
  writing = writing
    .then(async () => {
      const turn = (await disk()).transaction(TABLE, "readwrite", { durability: "strict" });
      await turn.store.put(text, name);
      await turn.done;
    })
    .catch(() => undefined);
}

let restoring: Promise<void> | null = null;

/** After a start, take what the disk knows for certain over what localStorage says; once. Raises: nothing. */
export function restoreKept(): Promise<void> {
  restoring ??= restore().catch(() => undefined);
  return restoring;
}

async function restore(): Promise<void> {
  if (!globalThis.indexedDB) return;
  const db = await disk();
  for (const name of FIRM) {
    const text = (await db.get(TABLE, name)) as string | null | undefined;
    if (text !== undefined) place(name, text);
  }
}
