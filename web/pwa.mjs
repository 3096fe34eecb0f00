/**
 * Write the service workers of the pages that must open without a network: the shopper's and the till's.
 * Each precaches its own files only (found from its HTML), and answers its own navigations from them. The API is never cached here:
 * what a page may show without a network it keeps itself, with the time it was true.
 */
import { readFile } from "node:fs/promises";
import { generateSW } from "workbox-build";

const root = new URL("../src/fairday/app/static/", import.meta.url).pathname;
const manifest = JSON.parse(await readFile(`${root}.vite/manifest.json`, "utf8"));

/** Return every file that an entry loads, also those it may load later. */
function filesOf(entry) {
  const files = new Set();
  const seen = new Set();
  const visit = (key) => {
    const chunk = manifest[key];
    if (!chunk || seen.has(key)) return;
    seen.add(key);
    for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(file);
    for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) visit(next);
  };
  visit(entry);
  return [...files];
}

for (const app of ["shop", "till"]) {
  const page = `${app}/index.html`;
  const { count, size, warnings } = await generateSW({
    globDirectory: root,
    globPatterns: [page, `${app}/*.webmanifest`, `${app}/icons/*.{png,svg}`, ...filesOf(page)],
    swDest: `${root}${app}/sw.js`,
    navigateFallback: `/${page}`,
    modifyURLPrefix: { "": "/" },
    maximumFileSizeToCacheInBytes: 6 * 2 ** 20,
    skipWaiting: false,
    clientsClaim: true,
    cleanupOutdatedCaches: true,
    inlineWorkboxRuntime: true,
    sourcemap: false,
    mode: "production",
  });
  for (const warning of warnings) console.warn(warning);
  console.log(`${app}/sw.js precaches ${count} files, ${Math.round(size / 1024)} kB`);
}
