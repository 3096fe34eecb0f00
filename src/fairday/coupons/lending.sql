-- name: lendable_coupons
-- Coupons whose claims may still be alive: also those whose claiming is over.
SELECT coupon_id, version, merchant_id, status, issue_stopped, redeem_stopped, quantity_max, budget_minor,
       commit_max_minor, issued_count, committed_minor, redeemed_count, spent_minor
FROM coupons.coupon
WHERE (status IN ('live', 'paused') OR (status = 'ended' AND committed_minor > spent_minor)) AND NOT redeem_stopped
  AND (merchant_id IS NULL OR merchant_id = $1) AND currency = $2 AND face_minor <= $3
ORDER BY coupon_id DESC
LIMIT $4;

-- name: lend_coupons
-- Sets coupon money aside in whole faces: the need, at most one part in $3 of what is free, at least one face while there
-- is one; and says how much.
UPDATE coupons.coupon c
SET leased_minor = c.leased_minor + least(w.need, c.face_minor * greatest(
        (c.budget_minor - c.spent_minor - c.leased_minor) / (c.face_minor * $3::bigint),
        least(1, (c.budget_minor - c.spent_minor - c.leased_minor) / c.face_minor))),
    leased_last = least(w.need, c.face_minor * greatest(
        (c.budget_minor - c.spent_minor - c.leased_minor) / (c.face_minor * $3::bigint),
        least(1, (c.budget_minor - c.spent_minor - c.leased_minor) / c.face_minor)))
FROM unnest($1::text[], $2::bigint[]) AS w (coupon_id, need)
WHERE c.coupon_id = w.coupon_id AND NOT c.redeem_stopped
RETURNING c.coupon_id, c.leased_last;

-- name: take_back_coupons
UPDATE coupons.coupon c SET leased_minor = c.leased_minor - w.amount_minor
FROM unnest($1::text[], $2::bigint[]) AS w (coupon_id, amount_minor)
WHERE c.coupon_id = w.coupon_id;

-- name: redeem_claims_late
-- As redeem_claims, judged by when it happened; a lock that lives now was received first.
UPDATE coupons.claim c SET status = 'redeemed', lock_owner = NULL, locked_until = NULL
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS w (claim_id, coupon_id, owner, happened_at)
WHERE c.claim_id = w.claim_id AND c.coupon_id = w.coupon_id
  AND c.usable_from <= w.happened_at AND c.expires_at > w.happened_at
  AND (c.status = 'claimed' OR (c.status = 'locked' AND (c.lock_owner = w.owner OR c.locked_until <= $5)))
RETURNING c.claim_id;

-- name: revive_claims
-- Claims that ended unused after they had been used offline.
UPDATE coupons.claim c SET status = 'claimed'
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS w (claim_id, coupon_id, happened_at)
WHERE c.claim_id = w.claim_id AND c.coupon_id = w.coupon_id AND c.status = 'expired'
  AND c.usable_from <= w.happened_at AND c.expires_at > w.happened_at
RETURNING c.claim_id;

-- name: commit_again
UPDATE coupons.coupon c SET committed_minor = c.committed_minor + w.amount_minor
FROM unnest($1::text[], $2::bigint[]) AS w (coupon_id, amount_minor)
WHERE c.coupon_id = w.coupon_id AND c.committed_minor + w.amount_minor <= c.commit_max_minor
RETURNING c.coupon_id;

-- name: end_claims_again
UPDATE coupons.claim c SET status = 'expired'
FROM unnest($1::text[], $2::text[]) AS w (claim_id, coupon_id)
WHERE c.claim_id = w.claim_id AND c.coupon_id = w.coupon_id AND c.status = 'claimed';

-- name: spend_coupons_late
-- As spend_coupons, first from what was set aside. A stop does not undo what happened before tills heard of it.
UPDATE coupons.coupon c
SET redeemed_count = c.redeemed_count + w.count, spent_minor = c.spent_minor + w.amount_minor,
    leased_minor = c.leased_minor - w.leased_minor
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) AS w (coupon_id, count, amount_minor, leased_minor)
WHERE c.coupon_id = w.coupon_id AND c.leased_minor >= w.leased_minor
  AND c.spent_minor + c.leased_minor + w.amount_minor - w.leased_minor <= c.budget_minor
RETURNING c.coupon_id;
