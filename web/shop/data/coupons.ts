/** Claim coupons and know which one has: one intent for each coupon, so a double tap claims once. */
import { computed, reactive, ref, shallowRef } from "vue";
import type { RouteLocationRaw } from "vue-router";
import { Intent } from "@shared/api/intent";
import { ApiError } from "@shared/api/problem";
import { answer, api, type Schema } from "./api";
import { asMember, readMember } from "./session";

export type CouponItem = Schema<"CouponItem">;
export type ClaimView = Schema<"ClaimView">;

const unused = shallowRef<ClaimView[]>([]);
const busy = reactive(new Set<string>());
const limited = reactive(new Set<string>());
const isRead = ref(false);
const LIMITS = new Set(["member_limit_reached", "person_limit_reached"]);

/** Read the member's unused coupons; a guest has none. */
export async function readUnused(): Promise<ClaimView[]> {
  if ((await readMember()) === null) unused.value = [];
  else unused.value = (await answer(api.GET("/v1/claims", { params: { query: { state: "unused", limit: 100 } } }))).items;
  isRead.value = true;
  return unused.value;
}

/** Take a copy; "claimed", or null when the guest did not sign in. Raises: ApiError, also when the limit is reached. */
export async function claim(couponId: string): Promise<"claimed" | null> {
  if (busy.has(couponId)) return null;
  busy.add(couponId);
  const intent = new Intent(`claim.${couponId}`);
  try {
    const taken = await asMember(() =>
      answer(api.POST("/v1/coupons/{coupon_id}/claims", { params: { path: { coupon_id: couponId }, header: intent.header }, body: { channel: "online" } })),
    );
    if (!taken) return null;
    intent.renew();
    await readUnused();
    return "claimed";
  } catch (error) {
    if (error instanceof ApiError && !error.isOffline) {
      intent.renew();
      if (LIMITS.has(error.code)) {
        limited.add(couponId);
        await readUnused();
      }
    }
    throw error;
  } finally {
    busy.delete(couponId);
  }
}

/** Where a coupon that one has is shown to a clerk: its code when a copy can be used in a store now, else all that one has. */
export function placeToShow(coupon: CouponItem): RouteLocationRaw {
  const held = coupon.channels.includes("in_store") ? unused.value.find((one) => one.coupon_id === coupon.coupon_id && one.status === "claimed") : undefined;
  return held ? { name: "code", params: { id: held.claim_id } } : { name: "my-coupons" };
}

export function useCoupons() {
  const counts = computed(() => {
    const found = new Map<string, number>();
    for (const one of unused.value) found.set(one.coupon_id, (found.get(one.coupon_id) ?? 0) + 1);
    return found;
  });
  return { unused, counts, busy, limited, isRead };
}
