/**
 * Decide which modules lie in one file. On a phone each file costs a round trip, so a page should need few: what several apps begin
 * with is one file, what one app begins with lies in its own, and what its later pages share is one more.
 */
import type { Rolldown } from "vite";

type Look = Pick<Rolldown.ChunkingContext, "getModuleInfo">;
const START = /\/web\/(?:(shop|till|console|screen|docs|home)\/)?(?:main\.ts|index\.html)(?:\?|$)/;
const PAGES = /\/web\/(shop|till|console)\//;

/** Name the file of a module; null leaves it to the bundler. */
export function fileOf(id: string, look: Look): string | null {
  const { starts, apps } = whoNeeds(id, look);
  if (starts.size > 1) return "frame";
  if (starts.size === 1) return null;
  const [app] = apps;
  if (/node_modules.maplibre-gl/.test(id)) return null; // as large as all the rest
  if (apps.size === 1) return app === "shop" || app === "till" ? `${app}-later` : null;
  return id.includes("/@lucide/") ? "icons" : null;
}

/** Walk up the static imports: the apps that begin with the module, and the apps with a page that needs it. */
function whoNeeds(id: string, look: Look): { starts: Set<string>; apps: Set<string> } {
  const starts = new Set<string>();
  const apps = new Set<string>();
  const seen = new Set<string>();
  const up = [id];
  for (let at = up.pop(); at !== undefined; at = up.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const start = START.exec(at);
    if (start) starts.add(start[1] ?? "home");
    const page = PAGES.exec(at)?.[1];
    if (page) apps.add(page);
    up.push(...(look.getModuleInfo(at)?.importers ?? []));
  }
  return { starts, apps };
}

