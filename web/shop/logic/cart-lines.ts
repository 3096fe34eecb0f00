/** The cart as a list of lines, pure: add, change, tick, regroup by shop. Prices in it are only remembered, never charged. */
export interface CartLine {
  sku_id: string;
  /** Where the goods are fetched, or sent from. */
  store_id: string;
  product_id: string;
  merchant_id: string;
  quantity: number;
  is_chosen: boolean;
  /** What was shown when it was put in: names, picture, options, unit price; the price may have moved since. */
  seen: Seen;
}

export interface Seen {
  name: string;
  name_en: string | null;
  image: string | null;
  options: Record<string, string>;
  unit_minor: number;
  currency: string;
  brand: string | null;
}

export const QUANTITY_MAX = 99;
export const LINES_MAX = 100;

export const keyOf = (line: Pick<CartLine, "sku_id" | "store_id">): string => `${line.sku_id}@${line.store_id}`;

export function add(lines: readonly CartLine[], line: CartLine): CartLine[] {
  const key = keyOf(line);
  const before = lines.find((one) => keyOf(one) === key);
  const quantity = Math.min(QUANTITY_MAX, (before?.quantity ?? 0) + line.quantity);
  return [{ ...line, quantity }, ...lines.filter((one) => keyOf(one) !== key)].slice(0, LINES_MAX);
}

export function setQuantity(lines: readonly CartLine[], key: string, quantity: number): CartLine[] {
  const bounded = Math.max(1, Math.min(QUANTITY_MAX, Math.trunc(quantity) || 1));
  return lines.map((one) => (keyOf(one) === key ? { ...one, quantity: bounded } : one));
}

export function choose(lines: readonly CartLine[], keys: ReadonlySet<string>, isChosen: boolean): CartLine[] {
  return lines.map((one) => (keys.has(keyOf(one)) ? { ...one, is_chosen: isChosen } : one));
}

export function remove(lines: readonly CartLine[], keys: ReadonlySet<string>): CartLine[] {
  return lines.filter((one) => !keys.has(keyOf(one)));
}

export interface Group {
  merchant_id: string;
  lines: CartLine[];
}

/** Regroup by shop, the shop of the newest line first; lines keep their order. */
export function byMerchant(lines: readonly CartLine[]): Group[] {
  const groups = new Map<string, Group>();
  for (const line of lines) {
    const group = groups.get(line.merchant_id);
    if (group) group.lines.push(line);
    else groups.set(line.merchant_id, { merchant_id: line.merchant_id, lines: [line] });
  }
  return [...groups.values()];
}

/** Read what was kept on the device; anything that is no cart line is dropped. */
export function parse(text: string | null): CartLine[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? found.filter(isLine).slice(0, LINES_MAX) : [];
  } catch {
    return [];
  }
}

function isLine(value: unknown): value is CartLine {
  const line = value as Partial<CartLine> | null;
  return (
    typeof line?.sku_id === "string" &&
    typeof line.store_id === "string" &&
    typeof line.merchant_id === "string" &&
    Number.isInteger(line.quantity) &&
    (line.quantity ?? 0) > 0 &&
    typeof line.seen?.name === "string"
  );
}
