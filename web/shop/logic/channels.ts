/** The shelves of the home page: which categories of the catalogue each one shows. Other categories are found by search. */
export interface Channel {
  key: string;
  /** Values of a product's `category_id`. */
  categories: readonly string[];
}

export const CHANNELS: readonly Channel[] = [
  { key: "drinks", categories: ["tea", "milk"] },
  { key: "food", categories: ["noodles"] },
  { key: "bakery", categories: ["bread", "mooncake"] },
  { key: "fresh", categories: ["fruit"] },
  { key: "fashion", categories: ["shoe", "jacket"] },
  { key: "beauty", categories: ["lipstick", "cream"] },
  { key: "digital", categories: ["phone", "headphones"] },
  { key: "home", categories: ["lamp", "cooker"] },
];
