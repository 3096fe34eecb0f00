import { expect, test } from "vitest";
import { deedKey } from "./deed-words";

test.each([
  ["POST", "/coupons/{coupon_id}/switches", "post_coupons_switches"],
  ["DELETE", "/api-keys/{key_id}", "delete_api_keys"],
  ["PUT", "/skus/{sku_id}/phase-prices/{phase_id}", "put_skus_phase_prices"],
])("%s %s is %s", (method, route, key) => {
  expect(deedKey({ method, route, changes: null })).toBe(key);
});
