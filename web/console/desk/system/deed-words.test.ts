import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { zh } from "../words/system";
import { deedKey } from "./deed-words";

test.each([
  ["POST", "/coupons/{coupon_id}/switches", "post_coupons_switches"],
  ["DELETE", "/api-keys/{key_id}", "delete_api_keys"],
  ["PUT", "/skus/{sku_id}/phase-prices/{phase_id}", "put_skus_phase_prices"],
])("%s %s is %s", (method, route, key) => {
  expect(deedKey({ method, route, changes: null })).toBe(key);
});

/** What members and guests do, and steps of signing in: none of it is in the audit log of the staff. */
const NOT_STAFF = /^(post_(claims_codes|coupons_claims|flash_sales_(entries|orders)|red_packets_grabs|inbox_read_marks|me_passkeys_options|me_payment_pin_limit|members|members_me_addresses|merchant_applications|orders|orders_payments|pay_codes|quotes|sessions_.*)|(put|patch|delete)_members_me.*)$/;

test("everything that staff can do is said in a sentence", () => {
  const { paths } = JSON.parse(readFileSync(new URL("../../../../openapi.json", import.meta.url), "utf8")) as { paths: Record<string, object> };
  const keys = Object.entries(paths).flatMap(([path, ways]) => Object.keys(ways).filter((way) => way !== "get" && way !== "parameters").map((way) => deedKey({ method: way, route: path.replace(/^\/v1/, ""), changes: null })));
  expect(keys.filter((key) => !(key in zh.audit.deed) && !NOT_STAFF.test(key))).toEqual([]);
});
