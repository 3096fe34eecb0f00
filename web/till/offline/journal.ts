/** Read from the log's own records what was used, spent and undone here. Pure. */
import type { LogRecord } from "./chain";
import type { Journal, Spent } from "./judge";

export interface Use {
  code: string;
  amount_minor: number;
  line_numbers: number[];
  /** Kept for this device's own eyes; the server reads the code. */
  claim_id?: string;
  coupon_id?: string;
  /** Set where a supervisor let it pass the limits: it does not use them up. */
  is_overridden?: boolean;
}

export interface Body {
  v: 1;
  device_id: string;
  seq: number;
  kind: "sale" | "redemption" | "undo" | "note";
  lease_id: string;
  happened_at: string;
  clock: { server_at: string; elapsed_ms: number | null; device_at: string };
  shift_id?: string;
  clerk_id?: string;
  receipt_id?: string;
  codes?: Use[];
  lines?: { sku_id: string; quantity: number; gross_minor: number }[];
  total_minor?: number;
  tendered_minor?: number;
  override?: string;
  supervisor?: string;
  proof?: string;
  text?: string;
}

export interface Book extends Journal {
  claims: Set<string>;
  byReceipt: Map<string, Body>;
  byCoupon: Map<string, Spent>;
}

export function emptyBook(): Book {
  return { claims: new Set(), byReceipt: new Map(), all: { count: 0, minor: 0 }, byCoupon: new Map() };
}

/** Read the whole log anew, for the lease that is in force. */
export function readBook(records: readonly LogRecord[], leaseId: string | null): Book {
  const book = emptyBook();
  for (const record of records) note(book, JSON.parse(record.body) as Body, leaseId);
  return book;
}

/** Add one record to the book. */
export function note(book: Book, body: Body, leaseId: string | null): void {
  if (body.kind === "undo" && body.receipt_id) {
    const undone = book.byReceipt.get(body.receipt_id);
    for (const use of undone?.codes ?? []) if (use.claim_id) book.claims.delete(use.claim_id);
    return;
  }
  if (body.kind !== "sale" && body.kind !== "redemption") return;
  if (body.receipt_id) book.byReceipt.set(body.receipt_id, body);
  for (const use of body.codes ?? []) {
    if (use.claim_id) book.claims.add(use.claim_id);
    if (body.lease_id !== leaseId || !use.coupon_id || use.is_overridden) continue;
    const spent = book.byCoupon.get(use.coupon_id) ?? { count: 0, minor: 0 };
    book.byCoupon.set(use.coupon_id, { count: spent.count + 1, minor: spent.minor + use.amount_minor });
    book.all = { count: book.all.count + 1, minor: book.all.minor + use.amount_minor };
  }
}
