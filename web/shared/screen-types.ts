/** The answer of `GET /v1/screen` and the data of every `totals` event on `GET /v1/screen/stream`. Money is in minor units. */
export interface ScreenTotals {
  festival: ScreenFestival | null;
  /** The server's festival clock, RFC 3339. A sandbox may jump it, so it is never compared with the device's clock. */
  now: string;
  /** When the newest counted event happened, RFC 3339; null before the first one. */
  as_of: string | null;
  /** How far the count runs behind the shop, in milliseconds. */
  delay_ms: number;
  /** The server itself says that its count has stopped. */
  stale: boolean;
  currency: string;
  gmv_minor: number;
  gmv_online_minor: number;
  gmv_in_store_minor: number;
  refunded_minor: number;
  orders_count: number;
  redemptions_count: number;
  claims_count: number;
  members_count: number;
  orders_per_s: number;
  orders_per_s_peak: number;
  orders_per_s_peak_at: string | null;
  provinces: ProvinceTotals[];
  /** Ten at most, the largest first. */
  top_stores: StoreTotals[];
  /** Ten at most, the largest first. */
  top_products: ProductTotals[];
  /** Ten-second buckets of the last thirty minutes, the oldest first. */
  series: SeriesBucket[];
  /** What is counted, for people. */
  definition: string;
  definition_en: string;
  /** Ten at most, the largest first. */
  top_merchants: MerchantTotals[];
  /** Round sums that the total reached, the largest first. */
  records: ScreenRecord[];
  /** What sold out in the last hours, the newest first. */
  sold_out: SoldOut[];
  /** Where a sample of the last orders goes. */
  flights: Flight[];
  /** The curve to beat; null when nobody gave one, or before the opening. */
  ghost: Ghost | null;
}

export interface MerchantTotals {
  merchant_id: string;
  name: string;
  name_en: string | null;
  gmv_minor: number;
  orders_count: number;
}

export interface ScreenRecord {
  threshold_minor: number;
  at: string;
  /** Seconds since the phase began in which it was reached. */
  elapsed_s: number | null;
}

export interface SoldOut {
  kind: string;
  key: string;
  name: string;
  name_en: string | null;
  at: string;
}

export interface Flight {
  /** ISO 3166-2:CN of a province. */
  from_region_id: string;
  to_region_id: string;
  count: number;
}

export interface Ghost {
  name: string;
  name_en: string;
  /** What it had sold at the same time after its opening. */
  gmv_minor: number;
  series: SeriesBucket[];
}

export type PhaseKind = "before" | "warm_up" | "sale" | "gap" | "ended";

export interface ScreenPhase {
  kind: PhaseKind;
  name: string;
  name_en: string | null;
  starts_at: string;
  ends_at: string;
}

export interface ScreenFestival {
  festival_id: string;
  name: string;
  name_en: string | null;
  /** IANA name; every time of day on the screen is told in this zone. */
  time_zone: string;
  phase: ScreenPhase | null;
  next_phase: ScreenPhase | null;
}

export interface ProvinceTotals {
  /** ISO 3166-2:CN, for example `CN-BJ`. */
  region_id: string;
  name: string;
  name_en: string | null;
  gmv_minor: number;
  orders_count: number;
}

export interface StoreTotals {
  store_id: string;
  name: string;
  name_en: string | null;
  region_id: string | null;
  gmv_minor: number;
  orders_count: number;
}

export interface ProductTotals {
  sku_id: string;
  name: string;
  name_en: string | null;
  quantity: number;
  gmv_minor: number;
}

export interface SeriesBucket {
  at: string;
  gmv_minor: number;
  orders_count: number;
}
