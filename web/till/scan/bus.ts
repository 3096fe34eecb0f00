/** Bring every scan (wedge, camera, typed) to the one place that waits for it: the page, or the sheet above it. */
import { onScopeDispose } from "vue";
import { type Scanned, classify } from "./classify";
import { GAP_ELSEWHERE_MS, GAP_MS, Wedge } from "./wedge";

export type Source = "wedge" | "camera" | "typed";
type Handler = (scanned: Scanned, source: Source) => void;

const handlers: Handler[] = [];

/** Take scans while the calling component lives; the one that asked last gets them. */
export function useScanner(handler: Handler): void {
  handlers.push(handler);
  onScopeDispose(() => {
    const place = handlers.lastIndexOf(handler);
    if (place >= 0) handlers.splice(place, 1);
  });
}

export function scanned(text: string, source: Source): void {
  handlers.at(-1)?.(classify(text), source);
}

const wedge = new Wedge();

/** Forget keys that a pad on the page has taken: they are no beginning of a code. */
export function forgetKeys(): void {
  wedge.forget();
}

/** Listen for a keyboard-wedge scanner anywhere on the page; what it typed into a field is taken out again. */
export function listenToWedge(): void {
  let field: { element: HTMLInputElement | HTMLTextAreaElement; value: string } | null = null;

  window.addEventListener(
    "keydown",
    (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target;
      const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
      const before = wedge.text.length;
      const wasBurst = wedge.isBurst;
      const code = wedge.key(event.key, event.timeStamp, isField ? GAP_MS : GAP_ELSEWHERE_MS);
      if (code !== null) {
        event.preventDefault();
        event.stopImmediatePropagation();
        if (field) restore(field.element, field.value);
        field = null;
        scanned(code, "wedge");
        return;
      }
      if (wedge.text.length === 1 && event.key.length === 1) field = isField ? { element: target, value: target.value } : null;
      // A code's blanks and slashes must not press the focused button, scroll, or open the browser's search.
      if (!isField && (wasBurst || (before > 0 && (event.key === " " || event.key === "/")))) event.preventDefault();
    },
    { capture: true },
  );
}

function restore(element: HTMLInputElement | HTMLTextAreaElement, value: string): void {
  element.value = value;
  element.dispatchEvent(new Event("input", { bubbles: true }));
}
