/**
 * Chain the log: each record's hash covers the one before, so that nothing can be changed, taken out or put in unseen.
 * hash_n = SHA-256(hash_{n-1} || UTF-8(body_n)); hash_0, the genesis, names the device. Source: I9.
 */
export interface LogRecord {
  seq: number;
  prev_hash: string;
  hash: string;
  /** JSON text, exactly as hashed; it is never parsed and written again. */
  body: string;
}

export interface Head {
  seq: number;
  hash: string;
}

const GENESIS = "fairday till log v1 ";

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function unhex(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array((text.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export async function genesis(deviceId: string): Promise<Head> {
  return { seq: 0, hash: hex(await sha256(new TextEncoder().encode(GENESIS + deviceId))) };
}

/** Make the record that follows `head`. */
export async function nextRecord(head: Head, body: string): Promise<LogRecord> {
  const before = unhex(head.hash);
  const text = new TextEncoder().encode(body);
  const bytes = new Uint8Array(before.length + text.length);
  bytes.set(before);
  bytes.set(text, before.length);
  return { seq: head.seq + 1, prev_hash: head.hash, hash: hex(await sha256(bytes)), body };
}

/** Return the number of the first record that does not follow from the one before it, or null when all do. */
export async function firstBroken(head: Head, records: readonly LogRecord[]): Promise<number | null> {
  let before = head;
  for (const record of records) {
    const right = await nextRecord(before, record.body);
    if (right.seq !== record.seq || right.hash !== record.hash || right.prev_hash !== record.prev_hash) return record.seq;
    before = { seq: record.seq, hash: record.hash };
  }
  return null;
}
