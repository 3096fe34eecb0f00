/** Read a file of carts as `fairday price` takes it, and say where a fault stands in it. Pure. */

/** Where a fault stands: a line of the text, or a cart, product or offer by its place from 1. */
export interface Fault {
  text: string;
  line?: number;
  column?: number;
  row?: { kind: "carts" | "products" | "offers" | "lines"; number: number };
}

export type Read = { document: Record<string, unknown>; carts: number; currency: string } | { fault: Fault };

/** What a price document says of its one cart, and a campaign of each of its carts. */
const OF_A_CART = ["lines", "member", "claims", "codes", "freight_minor", "place_id", "channel", "payment_method", "region_id"];
export const FILE_BYTES_MAX = 16 * 1024 * 1024;

/** Return the document with its carts; one of a single cart becomes a campaign of one. */
export function readCampaign(text: string): Read {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return { fault: { text: "syntax", ...placeOf(text, badAt(text)) } };
  }
  if (typeof found !== "object" || found === null || Array.isArray(found)) return { fault: { text: "not_document" } };
  const document = { ...(found as Record<string, unknown>) };
  if (!("carts" in document)) {
    const own = OF_A_CART.filter((key) => key in document);
    if (!own.includes("lines")) return { fault: { text: "no_carts" } };
    document["carts"] = [{ cart_id: "1", ...Object.fromEntries(own.map((key) => [key, document[key]])) }];
    for (const key of own) delete document[key];
  }
  const carts = document["carts"];
  if (!Array.isArray(carts) || !carts.length) return { fault: { text: "no_carts" } };
  return { document, carts: carts.length, currency: typeof document["currency"] === "string" ? document["currency"] : "" };
}

function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const TOKEN = /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
type Want = "value" | "first" | "key" | "first key" | "colon" | "next" | "nothing";

/** Where a text stops being JSON; browsers do not agree on telling it. */
export function badAt(text: string): number {
  const open: ("{" | "[")[] = [];
  let want: Want = "value";
  TOKEN.lastIndex = 0;
  for (let at = 0; ; at = TOKEN.lastIndex) {
    const start = at + /^[ \t\r\n]*/.exec(text.slice(at, at + 4096))![0].length;
    const found: RegExpExecArray | null = want === "nothing" ? null : TOKEN.exec(text);
    if (!found) return start;
    const sign: string | undefined = found[1];
    if (want === "colon") {
      if (sign !== ":") return start;
      want = "value";
    } else if (want === "next" && sign === ",") {
      want = open.at(-1) === "{" ? "key" : "value";
    } else if (sign === "}" || sign === "]") {
      const isOwn = open.pop() === (sign === "}" ? "{" : "[");
      if (!isOwn || want === "value" || want === "key") return start;
      want = open.length ? "next" : "nothing";
    } else if (want === "next") {
      return start;
    } else if (want === "key" || want === "first key") {
      if (!found[2]) return start;
      want = "colon";
    } else if (sign === "{" || sign === "[") {
      open.push(sign);
      want = sign === "{" ? "first key" : "first";
    } else if (sign) {
      return start;
    } else {
      want = open.length ? "next" : "nothing";
    }
  }
}

/** Find in what the API says of a fault the row that it is in: `carts[3]` is the fourth cart. */
export function apiFault(said: string): Fault {
  const found = /\b(carts|products|offers|lines)\[(\d+)\]/.exec(said);
  const text = said.replace("$.document.", "$.").replace(/^carts\[\d+\] /, "");
  return found ? { text, row: { kind: found[1] as "carts", number: Number(found[2]) + 1 } } : { text };
}
