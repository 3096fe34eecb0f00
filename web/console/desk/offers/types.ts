/**
 * The shapes of offers. Terms are the API's, wider: a form treats all conditions alike, and all benefits, whatever fields they have;
 * what it writes is judged by the server.
 */
import type { Schema } from "@shared/api/client";

export type Lane = "item" | "shop" | "cross_shop" | "platform" | "payment" | "freight";
export const LIVE_LANES = ["item", "shop", "cross_shop", "platform"] as const satisfies readonly Lane[];
export type OfferSort = `${"" | "-"}${"created" | "name" | "taken" | "share"}`;
export type Status = Schema<"OfferStatus">;
export type ApiTerms = Schema<"OfferTerms">;
export type OnReturn = "proportional" | "keep" | "claw_back";

export interface Part {
  skus?: string[];
  merchant_ids?: string[];
  brands?: string[];
  category_ids?: string[];
  tags?: string[];
}

export interface Items extends Part {
  exclude?: Part | null;
  price_min_minor?: number | null;
  price_max_minor?: number | null;
  not_discounted?: boolean;
}

/** A condition or a benefit: its `type`, and fields that this type has. */
export interface Typed {
  type: string;
  [field: string]: unknown;
}

export interface FunderShare {
  funder: string;
  share_bp: number;
}

export interface Terms {
  name?: string;
  lane: Lane;
  trigger?: "automatic" | "claim" | "code";
  codes?: string[];
  optional?: boolean;
  starts_at?: string | null;
  ends_at?: string | null;
  items?: Items;
  condition?: Typed | null;
  benefit: Typed;
  priority?: number;
  exclusive?: boolean;
  group?: string | null;
  claims_max?: number;
  funders?: FunderShare[];
  unit_floor_minor?: number;
  payable_floor_minor?: number;
  may_go_below_cost?: boolean;
  on_return?: OnReturn;
}

export type Campaign = Schema<"Campaign">;
/** What the page of campaigns is told to price. */
export interface CampaignChoice {
  source: "orders" | "file";
  orders: number;
  currency: string;
  file: { name: string; document: Record<string, unknown>; carts: number; currency: string } | null;
  withLive: boolean;
  draftIds: string[];
}
export type Simulation = Schema<"Simulation">;
export type Preview = Schema<"Preview">;
export type PricedLine = Schema<"PricedLine">;
export type Version = Omit<Schema<"VersionView">, "terms"> & { terms: Terms };
export type Offer = Omit<Schema<"OfferView">, "latest" | "live_terms"> & { latest: Version; live_terms: Terms | null };
