/** The shapes of offers as the API speaks them: terms are the engine's offer without whose it is and which version. */
export type Lane = "item" | "shop" | "cross_shop" | "platform" | "payment" | "freight";
export type Status = "draft" | "live" | "stopped";
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

export interface Simulation {
  simulated_at: string;
  carts: number;
  subtotal_minor: number;
  discount_before_minor: number;
  discount_after_minor: number;
  stood: number;
  amount_minor: number;
  funders: Record<string, number>;
  losses_count: number;
  conflicts: { offer_id: string; name: string; carts: number }[];
}

export interface Version {
  version: number;
  terms: Terms;
  reason: string;
  created_by: string;
  created_by_name: string;
  created_at: string;
  approved_by?: string | null;
  approved_by_name?: string | null;
  approved_at?: string | null;
  simulation?: Simulation | null;
  sentence: string;
  sentence_zh: string;
}

export interface Offer {
  offer_id: string;
  merchant_id?: string | null;
  currency: string;
  status: Status;
  live_version?: number | null;
  latest_version: number;
  budget_minor?: number | null;
  taken_minor: number;
  created_at: string;
  sentence: string;
  sentence_zh: string;
  live_terms?: Terms | null;
  latest: Version;
}

export interface PricedLine {
  line_id: string;
  sku: string;
  quantity: number | string;
  gross_minor: number;
  net_minor: number;
  gift_of?: string | null;
}

export interface Priced {
  currency: string;
  total_minor: number;
  subtotal_minor: number;
  discount_minor: number;
  lines: PricedLine[];
  applied: { offer_id: string; amount_minor: number; text: string; text_zh: string }[];
  refused: { offer_id: string; reason: string; text?: string; text_zh?: string }[];
}

export interface Preview {
  sentence: string;
  sentence_zh: string;
  errors: string[];
  before?: Priced | null;
  after?: Priced | null;
  conflicts: { offer_id: string; name: string; reason: string }[];
}
