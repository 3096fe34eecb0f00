-- name: add_minutes
INSERT INTO coupons.minute AS m (coupon_id, at, issued_count, committed_minor, redeemed_count, spent_minor)
SELECT n.coupon_id, n.at, n.issued_count, n.committed_minor, n.redeemed_count, n.spent_minor
FROM unnest($1::text[], $2::timestamptz[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
     AS n (coupon_id, at, issued_count, committed_minor, redeemed_count, spent_minor)
ON CONFLICT (coupon_id, at) DO UPDATE
SET issued_count = m.issued_count + excluded.issued_count, committed_minor = m.committed_minor + excluded.committed_minor,
    redeemed_count = m.redeemed_count + excluded.redeemed_count, spent_minor = m.spent_minor + excluded.spent_minor;

-- name: budgets
SELECT coupon_id, merchant_id, currency, face_minor, budget_minor, commit_max_minor, committed_minor, spent_minor
FROM coupons.coupon WHERE coupon_id = ANY($1::text[]);

-- name: raise_alerts
INSERT INTO coupons.budget_alert (alert_id, coupon_id, merchant_id, measure, percent, currency, value_minor, cap_minor,
                                  reached_at)
SELECT n.alert_id, n.coupon_id, n.merchant_id, n.measure, n.percent, n.currency, n.value_minor, n.cap_minor, $9
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::bigint[], $8::bigint[])
     AS n (alert_id, coupon_id, merchant_id, measure, percent, currency, value_minor, cap_minor)
ON CONFLICT DO NOTHING
RETURNING alert_id;

-- name: alerts
SELECT alert_id, coupon_id, merchant_id, measure, percent, currency, value_minor, cap_minor, reached_at
FROM coupons.budget_alert
WHERE ($1::text IS NULL OR merchant_id = $1) AND ($2::text IS NULL OR coupon_id = $2)
  AND ($3::text IS NULL OR alert_id < $3)
ORDER BY alert_id DESC LIMIT $4;

-- name: burn_steps
-- What changed in each step, and what had changed before the first.
SELECT CASE WHEN at < $4 THEN NULL ELSE date_trunc($2, at, $3) END AS step, sum(issued_count)::bigint AS issued_count,
       sum(committed_minor)::bigint AS committed_minor, sum(redeemed_count)::bigint AS redeemed_count,
       sum(spent_minor)::bigint AS spent_minor
FROM coupons.minute WHERE coupon_id = $1 AND at < $5 GROUP BY 1 ORDER BY 1 NULLS FIRST;

-- name: first_minute
SELECT min(at) FROM coupons.minute WHERE coupon_id = $1;

-- name: insert_recall
INSERT INTO coupons.recall (coupon_id, reason, recalled_by, recalled_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING RETURNING coupon_id;

-- name: recall
SELECT coupon_id, reason, recalled_at, voided_count, finished_at FROM coupons.recall WHERE coupon_id = $1;

-- name: open_recalls
SELECT r.coupon_id, r.reason, r.walked_to, r.pass_count, c.merchant_id
FROM coupons.recall r JOIN coupons.coupon c USING (coupon_id)
WHERE r.finished_at IS NULL AND ($1::text IS NULL OR r.coupon_id = $1) ORDER BY r.coupon_id
FOR UPDATE OF r SKIP LOCKED;

-- name: void_claims
-- The next claims of the walk, in key order; one that another transaction holds is met on the next pass.
WITH picked AS (
    SELECT claim_id, coupon_id FROM coupons.claim
    WHERE claim_id > $2 AND coupon_id = $1 AND status = 'claimed' ORDER BY claim_id LIMIT $3 FOR UPDATE SKIP LOCKED)
UPDATE coupons.claim c SET status = 'voided' FROM picked p
WHERE c.claim_id = p.claim_id AND c.coupon_id = p.coupon_id AND c.status = 'claimed'
RETURNING c.claim_id, c.member_id, c.face_minor;

-- name: has_locked
SELECT EXISTS (SELECT FROM coupons.claim WHERE status = 'locked' AND coupon_id = $1);

-- name: note_recall
UPDATE coupons.recall SET voided_count = voided_count + $2, walked_to = $3, pass_count = $4, finished_at = $5
WHERE coupon_id = $1;

-- name: versions
SELECT version, made_by, made_at, terms::text AS terms FROM coupons.version WHERE coupon_id = $1 ORDER BY version DESC
LIMIT 50;
