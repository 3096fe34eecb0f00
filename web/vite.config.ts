/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";
import { fileOf } from "./chunks.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const server = process.env["FAIRDAY_DEV_SERVER"] ?? "http://127.0.0.1:8711";

/** Let the first sight in the HTML be painted before the style sheets have come: they stand below it. Scripts still wait for them. */
function paintFirst(): Plugin {
  return {
    name: "paint-first",
    transformIndexHtml: {
      order: "post",
      handler(html) {
        if (!html.includes('class="first-sight"')) return html;
        const sheets = html.match(/ *<link rel="stylesheet"[^>]*>\n/g) ?? [];
        return sheets.reduce((rest, sheet) => rest.replace(sheet, ""), html).replace(/( *)<\/body>/, `${sheets.join("")}$1</body>`);
      },
    },
  };
}

/**
 * Builds the pages into the Python package, which serves them from its own host and nowhere else.
 * No script is inlined into HTML: the server's content security policy refuses it.
 */
export default defineConfig({
  base: "/",
  plugins: [vue(), paintFirst()],
  resolve: { alias: { "@shared": here("./shared") } },
  define: {
    __VUE_PROD_DEVTOOLS__: "false",
  },
  build: {
    outDir: here("../src/fairday/app/static"),
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    assetsInlineLimit: 0,
    license: { fileName: "licenses/javascript.md" },
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      input: {
        home: here("./index.html"),
        shop: here("./shop/index.html"),
        till: here("./till/index.html"),
        console: here("./console/index.html"),
        screen: here("./screen/index.html"),
        docs: here("./docs/index.html"),
      },
      output: { codeSplitting: { groups: [{ name: fileOf, minShareCount: 2 }], includeDependenciesRecursively: false } },
    },
  },
  worker: { format: "es" },
  server: { proxy: { "/v1": server, "/openapi.json": server, "/pictures": server } },
  test: { environment: "node", include: ["**/*.test.ts"], exclude: ["node_modules/**"] },
});
