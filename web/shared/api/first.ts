/**
 * Take the answers that came inside the page: what it asks first, the server has asked already and put there as data. Each is good
 * once, for a little while, and only before the first write; then, and in a page that came from a store, everything is asked anew.
 */
const GOOD_MS = 10_000;
let kept: Map<string, unknown> | null = null;

/** Give the answer to `app`'s read of an address, once; null when it has to be asked. */
export function takeFirst(app: string, address: string): Response | null {
  kept ??= read();
  if (performance.now() > GOOD_MS) kept.clear();
  const url = new URL(address);
  const key = `${app} ${url.pathname}${url.search}`;
  const found = kept.get(key);
  if (found === undefined) return null;
  kept.delete(key);
  return Response.json(found);
}

/** Look at an answer that is there already, so that a page can begin with it; it is still asked for as ever. */
export function peekFirst<T>(app: string, target: string): T | null {
  return hasFirst(app, target) ? ((kept?.get(`${app} ${target}`) ?? null) as T | null) : null;
}

export function hasFirst(app: string, target: string): boolean {
  kept ??= read();
  return kept.has(`${app} ${target}`) && performance.now() <= GOOD_MS;
}

/** Forget what is left: something was written, so what was true may be so no more. */
export function forgetFirst(): void {
  kept?.clear();
  kept ??= new Map();
}

/** Tell when the server said all this, by the page's steady clock. */
export function firstHeardMs(): number {
  const came = navigation();
  return came ? (came.requestStart + came.responseStart) / 2 : 0;
}

/** A page from the browser's own store (going back, a copied tab) holds the answers of another time. */
function read(): Map<string, unknown> {
  const came = navigation();
  if (!came || came.transferSize === 0 || came.type === "back_forward") return new Map();
  const data = document.getElementById("first-answers")?.textContent;
  return new Map(Object.entries(data ? (JSON.parse(data) as Record<string, unknown>) : {}));
}

function navigation(): PerformanceNavigationTiming | undefined {
  return performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
}
