-- name: counters
SELECT coupon_id, version, merchant_id, status, issue_stopped, redeem_stopped, quantity_max, budget_minor,
       commit_max_minor, issued_count, committed_minor, redeemed_count, spent_minor
FROM coupons.coupon WHERE coupon_id = ANY($1::text[]);

-- name: templates
SELECT v.coupon_id, v.version, c.merchant_id, v.terms::text AS terms
FROM unnest($1::text[], $2::integer[]) AS w (coupon_id, version)
JOIN coupons.version v ON v.coupon_id = w.coupon_id AND v.version = w.version
JOIN coupons.coupon c ON c.coupon_id = v.coupon_id;

-- name: insert_coupon
INSERT INTO coupons.coupon (coupon_id, version, merchant_id, currency, claim_ends_at, face_minor, quantity_max,
                            budget_minor, commit_max_minor)
VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8);

-- name: insert_version
INSERT INTO coupons.version (coupon_id, version, terms, made_by, made_at) VALUES ($1, $2, $3::text::json, $4, $5);

-- name: edit_coupon
UPDATE coupons.coupon
SET version = $2 + 1, currency = $3, claim_ends_at = $4, face_minor = $5, quantity_max = $6, budget_minor = $7,
    commit_max_minor = $8
WHERE coupon_id = $1 AND version = $2 AND status <> 'ended'
RETURNING coupon_id;

-- name: move_coupon
UPDATE coupons.coupon SET status = $3 WHERE coupon_id = $1 AND status = ANY($2::text[]) RETURNING coupon_id;

-- name: free_slots
DELETE FROM coupons.small_shop_slot s USING coupons.coupon c
WHERE s.merchant_id = $1 AND c.coupon_id = s.coupon_id AND c.status = 'ended';

-- name: take_slot
INSERT INTO coupons.small_shop_slot (merchant_id, slot, coupon_id, commit_max_minor, quantity_max)
SELECT $1, n, $2, $3, $4 FROM generate_series(1, 3) AS n
WHERE NOT EXISTS (SELECT FROM coupons.small_shop_slot s WHERE s.merchant_id = $1 AND s.slot = n)
ORDER BY n LIMIT 1
ON CONFLICT DO NOTHING
RETURNING slot;

-- name: count_slots
SELECT count(*) FROM coupons.small_shop_slot WHERE merchant_id = $1;

-- name: change_slot
UPDATE coupons.small_shop_slot SET commit_max_minor = $2, quantity_max = $3 WHERE coupon_id = $1;

-- name: drop_slot
DELETE FROM coupons.small_shop_slot WHERE coupon_id = $1;

-- name: switch_coupon
UPDATE coupons.coupon
SET issue_stopped = coalesce($2, issue_stopped), redeem_stopped = coalesce($3, redeem_stopped)
WHERE coupon_id = $1
RETURNING issue_stopped, redeem_stopped;

-- name: end_coupons
UPDATE coupons.coupon SET status = 'ended' WHERE status IN ('live', 'paused') AND claim_ends_at <= $1
RETURNING coupon_id;

-- name: open_coupons
SELECT coupon_id, version, merchant_id, status, issue_stopped, redeem_stopped, quantity_max, budget_minor,
       commit_max_minor, issued_count, committed_minor, redeemed_count, spent_minor
FROM coupons.coupon
WHERE status = 'live' AND claim_ends_at > $1 AND ($2::text IS NULL OR merchant_id IS NULL OR merchant_id = $2)
ORDER BY coupon_id DESC
LIMIT $3;

-- name: issued_coupons
SELECT coupon_id, version, merchant_id, status, issue_stopped, redeem_stopped, quantity_max, budget_minor,
       commit_max_minor, issued_count, committed_minor, redeemed_count, spent_minor
FROM coupons.coupon
WHERE ($1::text IS NULL OR merchant_id = $1) AND ($2::text IS NULL OR status = $2) AND ($3::text IS NULL OR coupon_id < $3)
ORDER BY coupon_id DESC
LIMIT $4;

-- name: day_counts
SELECT d.coupon_id, d.issued_count FROM coupons.day_count d
JOIN unnest($1::text[], $2::date[]) AS w (coupon_id, day) ON d.coupon_id = w.coupon_id AND d.day = w.day;

-- name: held_claims
-- The copies that members have, with the key of the request that took each (null for those made without).
SELECT c.coupon_id, c.member_id, c.ordinal, c.intent, c.claim_id, c.version, c.claimed_at
FROM unnest($1::text[], $2::text[]) AS w (coupon_id, member_id)
JOIN coupons.claim c ON c.member_id = w.member_id AND c.coupon_id = w.coupon_id;

-- name: person_ordinals
SELECT w.coupon_id, w.person_id, max(c.person_ordinal) AS taken
FROM unnest($1::text[], $2::text[]) AS w (coupon_id, person_id)
JOIN coupons.claim c ON c.person_id = w.person_id AND c.coupon_id = w.coupon_id AND c.person_ordinal IS NOT NULL
GROUP BY w.coupon_id, w.person_id;

-- name: open_now
-- What a claim batch needs of a coupon in the usual case: one more copy would fit now. It also lets the transaction's set
-- statements walk their sorted keys, as `walk_by_keys` does, and keep their plans, without a trip of its own.
SELECT coupon_id, version, status = 'live' AND NOT issue_stopped AND issued_count < quantity_max
       AND committed_minor + face_minor <= commit_max_minor, set_config('enable_seqscan', 'off', true),
       set_config('plan_cache_mode', 'force_generic_plan', true)
FROM coupons.coupon WHERE coupon_id = ANY($1::text[]);

-- name: insert_claims
-- Rows arrive sorted by coupon, person, member and ordinal, so that racing batches wait for one another in one order.
-- What is the same for all claims of a coupon comes once for each group; keys come end to end, zeros for none.
INSERT INTO coupons.claim (claim_id, coupon_id, member_id, person_id, ordinal, ordinal_max, person_ordinal, person_max,
                           version, channel, face_minor, usable_from, expires_at, claimed_at, intent)
SELECT n.claim_id, g.coupon_ids[n.place], n.member_id, n.person_id, n.ordinal, g.member_max[n.place],
       n.person_ordinal, CASE WHEN n.person_ordinal IS NOT NULL THEN g.person_max[n.place] END, g.versions[n.place],
       g.channels[n.place], g.faces[n.place], g.usable_from[n.place], g.expires_at[n.place], $14,
       nullif(substr($16::bytea, 32 * n.number::integer - 31, 32), '\x0000000000000000000000000000000000000000000000000000000000000000')
FROM (SELECT $6::text::text[] AS coupon_ids, $7::text::smallint[] AS member_max, $8::text::smallint[] AS person_max,
             $9::text::integer[] AS versions, $10::text::text[] AS channels, $11::text::bigint[] AS faces,
             $12::text::timestamptz[] AS usable_from, $13::text::timestamptz[] AS expires_at OFFSET 0) g,
     unnest($1::text::text[], $2::text::smallint[], $3::text::text[], $4::text::smallint[], $5::text[], $15::text::smallint[])
         WITH ORDINALITY AS n (claim_id, place, member_id, ordinal, person_id, person_ordinal, number)
ON CONFLICT DO NOTHING;

-- name: claims_that_are
SELECT claim_id FROM coupons.claim WHERE claim_id = ANY($1::text[]);

-- name: take_coupons
-- Takes as many of the need as quantity and budget allow, and says how many; the checks of the table restate it. Keys
-- arrive sorted and are walked in that order.
UPDATE coupons.coupon c
SET issued_count = issued_count + CASE WHEN status = 'live' AND NOT issue_stopped
        THEN least(w.need, quantity_max - issued_count, (commit_max_minor - committed_minor) / face_minor) ELSE 0 END,
    committed_minor = committed_minor + face_minor * CASE WHEN status = 'live' AND NOT issue_stopped
        THEN least(w.need, quantity_max - issued_count, (commit_max_minor - committed_minor) / face_minor) ELSE 0 END,
    taken_last = CASE WHEN status = 'live' AND NOT issue_stopped
        THEN least(w.need, quantity_max - issued_count, (commit_max_minor - committed_minor) / face_minor) ELSE 0 END
FROM unnest($1::text::text[], $2::text::bigint[]) AS w (coupon_id, need)
WHERE c.coupon_id = w.coupon_id
RETURNING c.coupon_id, taken_last;

-- name: take_days
INSERT INTO coupons.day_count AS d (coupon_id, day, day_max, issued_count, taken_last)
SELECT w.coupon_id, w.day, w.day_max, least(w.need, w.day_max), least(w.need, w.day_max)
FROM unnest($1::text[], $2::date[], $3::bigint[], $4::bigint[]) AS w (coupon_id, day, day_max, need)
ON CONFLICT (coupon_id, day) DO UPDATE
SET day_max = greatest(d.day_max, excluded.day_max),
    issued_count = d.issued_count + least(excluded.issued_count, greatest(d.day_max, excluded.day_max) - d.issued_count),
    taken_last = least(excluded.issued_count, greatest(d.day_max, excluded.day_max) - d.issued_count)
RETURNING coupon_id, taken_last, issued_count;

-- name: give_back_issued
UPDATE coupons.coupon c
SET issued_count = c.issued_count - w.count, committed_minor = c.committed_minor - w.count * c.face_minor
FROM unnest($1::text[], $2::bigint[]) AS w (coupon_id, count)
WHERE c.coupon_id = w.coupon_id;

-- name: delete_claims
DELETE FROM coupons.claim WHERE claim_id = ANY($1::text[]);

-- name: claims
SELECT claim_id, coupon_id, member_id, version, channel, status, face_minor, claimed_at, usable_from, expires_at,
       lock_owner, locked_until
FROM coupons.claim WHERE claim_id = ANY($1::text[]);

-- name: claims_of_member
SELECT claim_id, coupon_id, member_id, version, channel, status, face_minor, claimed_at, usable_from, expires_at,
       lock_owner, locked_until
FROM coupons.claim WHERE member_id = $1;

-- name: redeem_claims
UPDATE coupons.claim c SET status = 'redeemed', lock_owner = NULL, locked_until = NULL
FROM unnest($1::text::text[], $2::text::text[], $3::text::text[]) AS w (claim_id, coupon_id, owner)
WHERE c.claim_id = w.claim_id AND c.coupon_id = w.coupon_id
  AND ((c.status = 'locked' AND c.lock_owner = w.owner AND c.locked_until > $4)
       OR ((c.status = 'claimed' OR (c.status = 'locked' AND c.locked_until <= $4)) AND c.expires_at > $4
           AND c.usable_from <= $4))
RETURNING c.claim_id;

-- name: spend_coupons
-- Spends the whole sum of a coupon or nothing of it, while redeeming is not stopped; what tills hold offline is not free.
UPDATE coupons.coupon c
SET redeemed_count = c.redeemed_count + w.count, spent_minor = c.spent_minor + w.amount_minor
FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS w (coupon_id, count, amount_minor)
WHERE c.coupon_id = w.coupon_id AND NOT c.redeem_stopped
  AND c.spent_minor + c.leased_minor + w.amount_minor <= c.budget_minor
RETURNING c.coupon_id;

-- name: unredeem_claims
UPDATE coupons.claim c SET status = w.status, lock_owner = w.owner, locked_until = w.locked_until
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
     AS w (claim_id, coupon_id, status, owner, locked_until)
WHERE c.claim_id = w.claim_id AND c.coupon_id = w.coupon_id AND c.status = 'redeemed';

-- name: effective_redemptions
SELECT redemption_id, coupon_id, claim_id, version, document_id, order_id, receipt_id, store_id, currency,
       amount_minor, platform_minor, merchant_minor, brand_minor, redeemed_at, status, undone_at
FROM coupons.redemption WHERE claim_id = ANY($1::text[]) AND status = 'effective';

-- name: redemptions_of_documents
SELECT redemption_id, coupon_id, claim_id, version, document_id, order_id, receipt_id, store_id, currency,
       amount_minor, platform_minor, merchant_minor, brand_minor, redeemed_at, status, undone_at
FROM coupons.redemption JOIN unnest($1::text[]) AS w (document_id) USING (document_id);

-- name: undo_redemptions
UPDATE coupons.redemption r SET status = w.status, undone_at = $6, undone_by = w.who, undone_reason = w.reason
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
     AS w (claim_id, redemption_id, status, who, reason)
WHERE r.claim_id = w.claim_id AND r.redemption_id = w.redemption_id AND r.status = 'effective'
RETURNING r.redemption_id;

-- name: free_claims
UPDATE coupons.claim c SET status = w.status, expires_at = w.expires_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS w (claim_id, coupon_id, status, expires_at)
WHERE c.claim_id = w.claim_id AND c.coupon_id = w.coupon_id AND c.status = 'redeemed';

-- name: unspend_coupons
-- What was spent comes back; claims that ended with it also give up what they had committed.
UPDATE coupons.coupon c
SET redeemed_count = c.redeemed_count - w.count, spent_minor = c.spent_minor - w.amount_minor,
    committed_minor = c.committed_minor - w.ended_minor
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) AS w (coupon_id, count, amount_minor, ended_minor)
WHERE c.coupon_id = w.coupon_id;

-- name: lock_claims
UPDATE coupons.claim c SET status = 'locked', lock_owner = w.owner, locked_until = w.locked_until
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS w (claim_id, coupon_id, owner, locked_until)
WHERE c.claim_id = w.claim_id AND c.coupon_id = w.coupon_id AND c.usable_from <= $5
  AND ((c.status = 'locked' AND c.lock_owner = w.owner AND c.locked_until > $5)
       OR ((c.status = 'claimed' OR (c.status = 'locked' AND c.locked_until <= $5)) AND c.expires_at > $5))
RETURNING c.claim_id, c.locked_until;

-- name: locked_by
SELECT claim_id FROM coupons.claim WHERE status = 'locked' AND lock_owner = ANY($1::text[]) ORDER BY claim_id;

-- name: release_claims
UPDATE coupons.claim c SET status = 'claimed', lock_owner = NULL, locked_until = NULL
FROM unnest($1::text[]) AS w (claim_id)
WHERE c.claim_id = w.claim_id AND c.status = 'locked' AND c.lock_owner = ANY($2::text[])
RETURNING c.claim_id;

-- name: release_late_locks
UPDATE coupons.claim SET status = 'claimed', lock_owner = NULL, locked_until = NULL
WHERE (claim_id, coupon_id) IN (
    SELECT claim_id, coupon_id FROM coupons.claim WHERE status = 'locked' AND locked_until <= $1
    ORDER BY claim_id LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING claim_id;

-- name: expire_claims
UPDATE coupons.claim SET status = 'expired'
WHERE status = 'claimed' AND (claim_id, coupon_id) IN (
    SELECT claim_id, coupon_id FROM coupons.claim WHERE status = 'claimed' AND expires_at <= $1
    ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING claim_id, coupon_id, face_minor;

-- name: uncommit_coupons
UPDATE coupons.coupon c SET committed_minor = c.committed_minor - w.amount_minor
FROM unnest($1::text[], $2::bigint[]) AS w (coupon_id, amount_minor)
WHERE c.coupon_id = w.coupon_id
RETURNING c.coupon_id, c.merchant_id;

-- name: figures
SELECT count(*) FILTER (WHERE status = 'locked') AS locked_count,
       count(*) FILTER (WHERE status = 'returned') AS returned_count,
       count(*) FILTER (WHERE status = 'expired') AS expired_count,
       coalesce(sum(face_minor) FILTER (WHERE status = 'locked'), 0)::bigint AS reserved_minor
FROM coupons.claim WHERE coupon_id = $1 AND status IN ('locked', 'returned', 'expired');

-- name: exhausted
SELECT coupon_id FROM coupons.coupon WHERE coupon_id = ANY ($1::text[]) AND issued_count >= quantity_max ORDER BY coupon_id;

-- name: insert_code_key
INSERT INTO coupons.code_key (kid, public_key, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: code_keys
SELECT kid, public_key, created_at, retired_at FROM coupons.code_key ORDER BY created_at, kid;

-- name: retire_code_key
UPDATE coupons.code_key SET retired_at = coalesce(retired_at, $2) WHERE kid = $1
RETURNING kid, public_key, created_at, retired_at;

-- name: insert_typed_code
INSERT INTO coupons.typed_code AS t (code_hash, claim_id, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (code_hash) DO UPDATE SET expires_at = greatest(t.expires_at, excluded.expires_at)
WHERE t.claim_id = excluded.claim_id
RETURNING claim_id;

-- name: typed_codes
SELECT code_hash, claim_id, expires_at FROM coupons.typed_code WHERE code_hash = ANY($1::bytea[]);

-- name: count_tries
INSERT INTO coupons.typed_try AS t (till_id, minute, try_count)
SELECT w.till_id, $2, w.count FROM unnest($1::text[], $3::integer[]) AS w (till_id, count)
ON CONFLICT (till_id, minute) DO UPDATE SET try_count = t.try_count + excluded.try_count
RETURNING till_id, try_count;

-- name: sweep_typed
WITH old_codes AS (DELETE FROM coupons.typed_code WHERE expires_at < $1 RETURNING 1),
     old_tries AS (DELETE FROM coupons.typed_try WHERE minute < $1 - interval '5 minutes' RETURNING 1)
SELECT (SELECT count(*) FROM old_codes) + (SELECT count(*) FROM old_tries);
