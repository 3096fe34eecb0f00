/** Read the options of a product's SKUs as rows to choose from; pure. */
export interface WithOptions {
  sku_id: string;
  options: Record<string, string>;
}

export interface OptionRow {
  name: string;
  values: string[];
}

/** The rows in the order in which SKUs name them, each value once. */
export function optionRows(skus: readonly WithOptions[]): OptionRow[] {
  const rows = new Map<string, Set<string>>();
  for (const sku of skus) {
    for (const [name, value] of Object.entries(sku.options)) {
      const values = rows.get(name) ?? new Set();
      values.add(value);
      rows.set(name, values);
    }
  }
  return [...rows].map(([name, values]) => ({ name, values: [...values] }));
}

/** The SKU that keeps the other choices and takes `value`; null when there is none. */
export function skuWith(skus: readonly WithOptions[], chosen: Record<string, string>, name: string, value: string): string | null {
  const wanted = Object.entries({ ...chosen, [name]: value });
  return skus.find((sku) => wanted.every(([key, one]) => sku.options[key] === one))?.sku_id ?? null;
}
