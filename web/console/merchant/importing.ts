/** Send files to the import routes, and read what was sent before. */
import type { Schema } from "@shared/api/client";
import { download, toCsv } from "../blocks/csv";
import { api } from "../session";

export const KINDS = ["products", "stock", "places", "receipts"] as const;
export type ImportKind = (typeof KINDS)[number];

/** What every import tells, whatever its kind. */
export type Outcome = Pick<Schema<"ImportReport">, "import_id" | "created_count" | "updated_count" | "unchanged_count" | "error_count" | "errors" | "ignored_columns">;

export type Run = Schema<"RunView">;

/** A file of two rows for each kind, to begin with. */
export const SAMPLES: Readonly<Record<ImportKind, string>> = {
  products: "external_id,name,price,category,option1_name,option1_value\r\nTEA-50,山茶红茶 50 克,39.00,tea,规格,50 克\r\nTEA-100,山茶红茶 100 克,69.00,tea,规格,100 克\r\n",
  stock: "store_external_id,sku_external_id,on_hand,safety\r\nS-001,TEA-50,120,5\r\nS-001,TEA-100,80,5\r\n",
  places: "external_id,name,region,latitude,longitude,hours\r\nS-001,人民广场店,CN-SH,31.2304,121.4737,Mo-Su 09:00-22:00\r\nS-002,静安店,CN-SH,31.2231,121.4454,Mo-Fr 10:00-21:00\r\n",
  receipts: "receipt_external_id,store_external_id,till,happened_at,line_no,sku_external_id,quantity,line_total\r\nR-1,S-001,1,2026-11-11T10:00:00+08:00,1,TEA-50,1,39.00\r\nR-1,S-001,1,2026-11-11T10:00:00+08:00,2,TEA-100,1,69.00\r\n",
};

interface Sending {
  isDry: boolean;
  encoding: "utf-8" | "gb18030";
  header: { "Idempotency-Key": string };
}

/** Send a file; a dry run counts and keeps nothing. */
export async function send(kind: ImportKind, file: File, how: Sending): Promise<{ data?: Outcome; error?: unknown; response: Response }> {
  const dry_run = how.isDry ? ("true" as const) : ("false" as const);
  const bytes = await file.arrayBuffer();
  const common = { bodySerializer: () => bytes, headers: { "Content-Type": "text/csv" } } as const;
  const body = bytes as never;
  const header = how.header;
  const file_name = file.name.slice(0, 200);
  if (kind === "products") {
    const format = formatOf(file.name, bytes);
    const media = file.name.endsWith(".xml") ? "application/xml" : file.name.endsWith(".tsv") ? "text/tab-separated-values" : "text/csv";
    return api.POST("/v1/imports/products", { params: { header, query: { dry_run, format, file_name } }, ...common, headers: { "Content-Type": media }, body });
  }
  const params = { header, query: { dry_run, encoding: how.encoding, file_name } };
  if (kind === "stock") return api.POST("/v1/imports/stock", { params, ...common, body });
  if (kind === "places") return api.POST("/v1/imports/places", { params, ...common, body });
  return api.POST("/v1/imports/receipts", { params, ...common, body });
}

/** Tell a product file's format by its name and first line: Shopify's export begins with Handle, a Merchant feed is TSV or XML. */
export function formatOf(name: string, bytes: ArrayBuffer): Schema<"ImportFormat"> {
  const head = new TextDecoder().decode(bytes.slice(0, 400)).replace(/^\uFEFF/, "");
  if (/^"?Handle"?,/.test(head)) return "shopify";
  if (/\.(xml|tsv)$/i.test(name) || head.startsWith("<") || head.split("\n")[0]?.includes("\t")) return "google";
  return "csv";
}

/** The runs that the server keeps, the newest first; older ones follow the cursor. */
export function readRuns(cursor?: string): Promise<{ data?: Schema<"Page_RunView_">; error?: unknown; response: Response }> {
  return api.GET("/v1/import-runs", { params: { query: { limit: 20, ...(cursor ? { cursor } : {}) } } });
}

export function readRun(id: string): Promise<{ data?: Schema<"RunDetail">; error?: unknown; response: Response }> {
  return api.GET("/v1/import-runs/{import_id}", { params: { path: { import_id: id } } });
}

/** Save why rows were refused as a file in the reader's language. */
export function saveReasons(name: string, errors: readonly Schema<"RowError">[], lang: string, t: (key: string) => string): void {
  const rows = errors.map((error) => [error.line, error.column, lang === "en" ? error.reason_en : error.reason_zh]);
  download(name, toCsv([t("merchant.imports.line"), t("merchant.imports.column"), t("merchant.imports.reason")], rows));
}
