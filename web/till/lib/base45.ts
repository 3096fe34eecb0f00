/** Decode base 45, the alphanumeric mode of QR codes. Source: RFC 9285. */
const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/**
 * Return the bytes, or null for text that is no base 45.
 * A blank is a letter of base 45, and scanners and forms trim it: a length that no bytes have lacks the one in front.
 */
export function unbase45(trimmed: string): Uint8Array<ArrayBuffer> | null {
  const text = trimmed.length % 3 === 1 ? ` ${trimmed}` : trimmed;
  const raw: number[] = [];
  for (let place = 0; place < text.length; place += 3) {
    const group = [...text.slice(place, place + 3)].map((letter) => LETTERS.indexOf(letter));
    if (group.includes(-1)) return null;
    const number = group.reduce((sum, value, power) => sum + value * 45 ** power, 0);
    if (group.length === 3) {
      if (number > 0xffff) return null;
      raw.push(number >> 8, number & 0xff);
    } else {
      if (number > 0xff) return null;
      raw.push(number);
    }
  }
  return new Uint8Array(raw);
}
