/** What a new shop says of itself, kept on the phone until it is opened, so that a call or a reload loses nothing. Pure but for storage. */
import type { Schema } from "@shared/api/client";

export type ShopDraft = Omit<Schema<"ShopDraft">, "code">;
export type Template = Schema<"FirstCoupon">["template"];

const STORED = "fairday.open-shop";

/** The three first coupons, as a small shop would hand them out. Amounts are minor units. */
export const TEMPLATES: readonly Schema<"FirstCoupon">[] = [
  { template: "spend_more", amount_minor: 1000, threshold_minor: 5000, percent: 20, quantity_max: 100 },
  { template: "welcome", amount_minor: 500, threshold_minor: 0, percent: 20, quantity_max: 100 },
  { template: "percent", amount_minor: 2000, threshold_minor: 0, percent: 20, quantity_max: 50 },
];

/** What one coupon may commit at most in a small shop, in minor units; the server says the same. */
export const BUDGET_MAX_MINOR = 100_000;
export const QUANTITY_MAX = 500;

export function emptyDraft(): ShopDraft {
  return {
    phone: "",
    name: "",
    name_en: "",
    licence: "none",
    licence_number: null,
    kind: "restaurant",
    region_id: "",
    address: "",
    latitude: 0,
    longitude: 0,
    hours: [],
    story: "",
    coupon: { ...TEMPLATES[0]! },
  };
}

export type Fault = "phone" | "name" | "licence" | "region" | "place" | "amount" | "threshold" | "quantity" | "budget";

/** What is missing or wrong on a step; empty when one may go on. Steps: 1 shop, 2 place, 3 coupon. */
export function faultsOf(step: number, draft: ShopDraft): Fault[] {
  const faults: Fault[] = [];
  if (step === 1) {
    if (!draft.name.trim()) faults.push("name");
    if (draft.licence !== "none" && !/^[0-9A-Z]{18}$/.test(draft.licence_number ?? "")) faults.push("licence");
  } else if (step === 2) {
    if (!draft.region_id) faults.push("region");
    if (draft.latitude === 0 && draft.longitude === 0) faults.push("place");
  } else if (step === 3) {
    const { template, amount_minor: amount, threshold_minor: threshold = 0, quantity_max: quantity = 100 } = draft.coupon;
    if (!(amount >= 1 && amount <= 20_000)) faults.push("amount");
    if (template === "spend_more" && !(threshold >= amount)) faults.push("threshold");
    if (!(quantity >= 1 && quantity <= QUANTITY_MAX)) faults.push("quantity");
    else if (amount * quantity > BUDGET_MAX_MINOR) faults.push("budget");
  }
  return faults;
}

/** What the shop may pay for its first coupon at most. */
export function budgetOf(coupon: Schema<"FirstCoupon">): number {
  return coupon.amount_minor * (coupon.quantity_max ?? 100);
}

export function keepDraft(draft: ShopDraft): void {
  try {
    sessionStorage.setItem(STORED, JSON.stringify(draft));
  } catch {
    // Without storage the draft lives as long as the page.
  }
}

export function keptDraft(): ShopDraft {
  try {
    return { ...emptyDraft(), ...(JSON.parse(sessionStorage.getItem(STORED) ?? "{}") as Partial<ShopDraft>) };
  } catch {
    return emptyDraft();
  }
}

export function dropDraft(): void {
  try {
    sessionStorage.removeItem(STORED);
  } catch {
    // Nothing was kept.
  }
}
