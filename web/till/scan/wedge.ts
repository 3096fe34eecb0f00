/**
 * Recognise a keyboard-wedge scanner: it types a whole code faster than any hand and ends with Enter.
 * Pure: keys and instants in, a code out; so it works anywhere on the page, whatever has the focus.
 */

/** Longest pause between two keys of one burst in a text field, in milliseconds. Hands are slower, scanners are faster. */
export const GAP_MS = 60;
/** The same where nobody types text: a slow wireless scanner on a busy tablet is still understood. */
export const GAP_ELSEWHERE_MS = 500;
/** Shortest code of a burst: an EAN-8. */
export const LENGTH_MIN = 6;
const LENGTH_MAX = 400;

export class Wedge {
  #text = "";
  #lastAt = -Infinity;

  /** Tell whether keys come so fast that they are a scanner's. */
  get isBurst(): boolean {
    return this.#text.length >= 3;
  }

  get text(): string {
    return this.#text;
  }

  /** Take one key at `atMs`; return the code when Enter (or Tab) ends a burst. */
  key(key: string, atMs: number, gapMs: number = GAP_MS): string | null {
    const isFast = atMs - this.#lastAt <= gapMs;
    if (key === "Enter" || key === "Tab") {
      const code = isFast && this.#text.length >= LENGTH_MIN ? this.#text : null;
      this.forget();
      return code;
    }
    if ([...key].length !== 1) return null;
    this.#text = isFast && this.#text.length < LENGTH_MAX ? this.#text + key : key;
    this.#lastAt = atMs;
    return null;
  }

  forget(): void {
    this.#text = "";
    this.#lastAt = -Infinity;
  }
}
