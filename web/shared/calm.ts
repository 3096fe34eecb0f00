/** Wait until a page has come to rest, for work that nobody looks at and that would take the line and the processor from what they do. */

/** Long enough for a slow phone to build its first page and fetch its pictures. */
const REST_MS = 3000;

/** Resolve a while after the page was loaded, in a moment when it does nothing. */
export async function calm(): Promise<void> {
  if (document.readyState !== "complete") await new Promise((resolve) => window.addEventListener("load", resolve, { once: true }));
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  if ("requestIdleCallback" in window) await new Promise((resolve) => requestIdleCallback(resolve, { timeout: REST_MS }));
}
