/** Compress what was built, once, so that the server only has to send it. Pictures and fonts are compressed already. */
import { readFile, readdir, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const root = new URL("../src/fairday/app/static/", import.meta.url).pathname;
const WORTH_BYTES = 1024;
const packers = [
  [".br", (data) => promisify(brotliCompress)(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })],
  [".gz", (data) => promisify(gzip)(data, { level: 9 })],
];

for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(js|mjs|css|html|svg|json|wasm|webmanifest|txt)$/.test(entry.name)) continue;
  const path = `${entry.parentPath}/${entry.name}`;
  const data = await readFile(path);
  if (data.length < WORTH_BYTES) continue;
  for (const [suffix, pack] of packers) await writeFile(path + suffix, await pack(data));
}
