-- name: add_sales
INSERT INTO reports.quarter AS q (currency, merchant_id, at, channel, store_id, gmv_minor, orders_count, units_count,
                                  refunded_minor)
SELECT n.currency, n.merchant_id, n.at, n.channel, n.store_id, n.gmv_minor, n.orders_count, n.units_count, n.refunded_minor
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
            $9::bigint[])
     AS n (currency, merchant_id, at, channel, store_id, gmv_minor, orders_count, units_count, refunded_minor)
ON CONFLICT (currency, merchant_id, at, channel, store_id) DO UPDATE
SET gmv_minor = q.gmv_minor + excluded.gmv_minor, orders_count = q.orders_count + excluded.orders_count,
    units_count = q.units_count + excluded.units_count, refunded_minor = q.refunded_minor + excluded.refunded_minor;

-- name: add_uses
INSERT INTO reports.coupon_quarter AS q (merchant_id, at, claims_count, redemptions_count)
SELECT n.merchant_id, n.at, n.claims_count, n.redemptions_count
FROM unnest($1::text[], $2::timestamptz[], $3::bigint[], $4::bigint[]) AS n (merchant_id, at, claims_count, redemptions_count)
ON CONFLICT (merchant_id, at) DO UPDATE
SET claims_count = q.claims_count + excluded.claims_count,
    redemptions_count = q.redemptions_count + excluded.redemptions_count;

-- name: sales_steps
SELECT date_trunc($7, at, $8) AS step, sum(gmv_minor)::bigint AS gmv_minor, sum(orders_count)::bigint AS orders_count,
       sum(units_count)::bigint AS units_count, sum(refunded_minor)::bigint AS refunded_minor
FROM reports.quarter
WHERE currency = $1 AND merchant_id = $2 AND at >= $3 AND at < $4 AND ($5::text IS NULL OR channel = $5)
  AND ($6::text IS NULL OR store_id = $6)
GROUP BY 1;

-- name: use_steps
-- Of one issuer, or with NULL of all.
SELECT date_trunc($4, at, $5) AS step, sum(claims_count)::bigint AS claims_count,
       sum(redemptions_count)::bigint AS redemptions_count
FROM reports.coupon_quarter
WHERE ($1::text IS NULL OR merchant_id = $1) AND at >= $2 AND at < $3
GROUP BY 1;
