/** Read a coupon's rotating code without the server: form, key, signature, time, in this order. Source: R37, R39. */
import { unbase45 } from "../lib/base45";
import { hex } from "./chain";

export interface CodeKey {
  kid: string;
  /** base64url of 32 bytes. */
  public_key: string;
  retired_at: string | null;
}

export type Read = { ok: true; claimId: string; couponId: string; step: number } | { ok: false; code: "code_invalid" | "code_expired" };

const KIND = 0xc1;
const HEAD = 37;
const LENGTH = 101;
const PURPOSE = new TextEncoder().encode("fairday coupon code v1\0");
const STEPS_OFF_MAX = 1;

export async function readCode(text: string, keys: readonly CodeKey[], nowMs: number, stepS: number): Promise<Read> {
  const invalid: Read = { ok: false, code: "code_invalid" };
  const raw = unbase45(text);
  if (!raw || raw.length !== LENGTH || raw[0] !== KIND) return invalid;
  const kid = hex(raw.subarray(1, 5));
  const key = keys.find((one) => one.kid === kid && (one.retired_at === null || Date.parse(one.retired_at) > nowMs));
  if (!key) return invalid;
  const message = new Uint8Array(PURPOSE.length + HEAD);
  message.set(PURPOSE);
  message.set(raw.subarray(0, HEAD), PURPOSE.length);
  if (!(await verify(fromBase64Url(key.public_key), message, raw.slice(HEAD)))) return invalid;
  const step = new DataView(raw.buffer).getUint32(5);
  if (Math.abs(Math.floor(nowMs / 1000 / stepS) - step) > STEPS_OFF_MAX) return { ok: false, code: "code_expired" };
  return { ok: true, claimId: `clm_${hex(raw.subarray(9, 23)).slice(1)}`, couponId: `cpn_${hex(raw.subarray(23, 37)).slice(1)}`, step };
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** The browser's own Ed25519 where it has one, else a small audited library, loaded when it is needed. */
let hasNative: boolean | null = null;

async function verify(publicKey: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer>): Promise<boolean> {
  if (hasNative !== false) {
    try {
      const key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
      hasNative = true;
      return await crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
    } catch (error) {
      if (hasNative) return false;
      hasNative = error instanceof DOMException && error.name === "DataError";
      if (hasNative) return false;
    }
  }
  const { verifyAsync } = await import("@noble/ed25519");
  return verifyAsync(signature, message, publicKey).catch(() => false);
}
