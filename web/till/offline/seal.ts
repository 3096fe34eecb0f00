/**
 * Seal a supervisor's PIN for the server: this device cannot check it and must not be able to read it later. ECDH on P-256 with a key of
 * its own for each seal, HKDF-SHA256, AES-256-GCM, bound to the device and the receipt. The server's side: offline/sealing.py.
 */
const PURPOSE = new TextEncoder().encode("fairday override v1");

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const textOf = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

export async function seal(pin: string, sealKey: string, deviceId: string, receiptId: string): Promise<string> {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = bytesOf(sealKey);
  const server = await crypto.subtle.importKey("raw", theirs, curve, false, []);
  const mine = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", mine.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: server }, mine.privateKey, 256);
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const salt = new Uint8Array([...point, ...theirs]);
  const made = new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info: PURPOSE }, secret, 352));
  const key = await crypto.subtle.importKey("raw", made.slice(0, 32), "AES-GCM", false, ["encrypt"]);
  const words = new TextEncoder();
  const how = { name: "AES-GCM", iv: made.slice(32), additionalData: words.encode(`${deviceId} ${receiptId}`) };
  return textOf(new Uint8Array([...point, ...new Uint8Array(await crypto.subtle.encrypt(how, key, words.encode(pin)))]));
}
