-- name: find_terms
SELECT merchant_id, face_max_minor, count_max, value_max_minor, lease_s, bearer FROM offline.terms
WHERE merchant_id = ANY ($1::text[]);

-- name: set_terms
INSERT INTO offline.terms (merchant_id, face_max_minor, count_max, value_max_minor, lease_s, bearer, made_by, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (merchant_id) DO UPDATE SET face_max_minor = excluded.face_max_minor, count_max = excluded.count_max,
    value_max_minor = excluded.value_max_minor, lease_s = excluded.lease_s, bearer = excluded.bearer,
    made_by = excluded.made_by, made_at = excluded.made_at;

-- name: find_till_limits
SELECT till_id, face_max_minor, count_max, value_max_minor, lease_s FROM offline.till_limits
WHERE till_id = ANY ($1::text[]);

-- name: set_till_limits
INSERT INTO offline.till_limits (till_id, face_max_minor, count_max, value_max_minor, lease_s, made_by, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (till_id) DO UPDATE SET face_max_minor = excluded.face_max_minor, count_max = excluded.count_max,
    value_max_minor = excluded.value_max_minor, lease_s = excluded.lease_s, made_by = excluded.made_by,
    made_at = excluded.made_at;

-- name: open_logs
INSERT INTO offline.log (device_id, till_id, merchant_id, head_hash, opened_at)
SELECT n.device_id, n.till_id, n.merchant_id, n.head_hash, $5
FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) AS n (device_id, till_id, merchant_id, head_hash)
ORDER BY n.device_id
ON CONFLICT DO NOTHING;

-- name: hold_logs
-- Whoever writes for a device holds its log until the end: an update, because a distributed database has no other lock on
-- many rows.
UPDATE offline.log SET last_seq = last_seq WHERE device_id = ANY ($1::text[])
RETURNING device_id, last_seq, head_hash, last_happened_at;

-- name: move_logs
UPDATE offline.log l SET last_seq = n.last_seq, head_hash = n.head_hash, last_happened_at = n.last_happened_at
FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::timestamptz[]) AS n (device_id, last_seq, head_hash, last_happened_at)
WHERE l.device_id = n.device_id;

-- name: hashes_at
SELECT r.device_id, r.seq, r.hash FROM unnest($1::text[], $2::bigint[]) AS w (device_id, seq)
JOIN offline.record r ON r.device_id = w.device_id AND r.seq = w.seq;

-- name: forks_of
SELECT device_id, seq, hash FROM offline.fork WHERE device_id = ANY ($1::text[]);

-- name: close_leases
UPDATE offline.lease SET state = $2, closed_at = greatest($3, granted_at)
WHERE lease_id = ANY ($1::text[]) AND state = 'open'
RETURNING lease_id, device_id, till_id, store_id, merchant_id;

-- name: due_leases
SELECT lease_id FROM offline.lease WHERE state = 'open' AND expires_at <= $1 ORDER BY expires_at LIMIT $2;

-- name: open_leases_of
SELECT lease_id, device_id FROM offline.lease WHERE device_id = ANY ($1::text[]) AND state = 'open';

-- name: escrow_left
SELECT coupon_id, sum(escrow_minor - escrow_spent_minor)::bigint AS left_minor FROM offline.slice
WHERE lease_id = ANY ($1::text[]) GROUP BY coupon_id;

-- name: escrow_left_by_lease
SELECT lease_id, sum(escrow_minor - escrow_spent_minor)::bigint AS left_minor FROM offline.slice
WHERE lease_id = ANY ($1::text[]) GROUP BY lease_id;

-- name: hold_leases
UPDATE offline.lease SET used_count = used_count WHERE lease_id = ANY ($1::text[])
RETURNING lease_id, device_id, till_id, store_id, merchant_id, currency, state, granted_at, expires_at, closed_at,
          face_max_minor, count_max, value_max_minor, lease_s, used_count, used_minor;

-- name: find_leases
SELECT lease_id, device_id, till_id, store_id, merchant_id, currency, state, granted_at, expires_at, closed_at,
       face_max_minor, count_max, value_max_minor, lease_s, used_count, used_minor
FROM offline.lease WHERE lease_id = ANY ($1::text[]);

-- name: list_leases
SELECT lease_id, device_id, till_id, store_id, merchant_id, currency, state, granted_at, expires_at, closed_at,
       face_max_minor, count_max, value_max_minor, used_count, used_minor
FROM offline.lease
WHERE ($1::text IS NULL OR merchant_id = $1) AND ($2::text IS NULL OR store_id = $2)
  AND ($3::text IS NULL OR state = $3) AND lease_id < $4
ORDER BY lease_id DESC LIMIT $5;

-- name: find_log
SELECT last_seq, head_hash FROM offline.log WHERE device_id = $1;

-- name: slices_of
SELECT lease_id, coupon_id, version, count_max, value_max_minor, escrow_minor, used_count, used_minor, escrow_spent_minor
FROM offline.slice WHERE lease_id = ANY ($1::text[]) ORDER BY lease_id, coupon_id;

-- name: use_leases
UPDATE offline.lease l SET used_count = n.used_count, used_minor = n.used_minor
FROM unnest($1::text[], $2::integer[], $3::bigint[]) AS n (lease_id, used_count, used_minor)
WHERE l.lease_id = n.lease_id;

-- name: use_slices
UPDATE offline.slice s SET used_count = n.used_count, used_minor = n.used_minor,
    escrow_spent_minor = s.escrow_spent_minor + n.spent_minor
FROM unnest($1::text[], $2::text[], $3::integer[], $4::bigint[], $5::bigint[])
    AS n (lease_id, coupon_id, used_count, used_minor, spent_minor)
WHERE s.lease_id = n.lease_id AND s.coupon_id = n.coupon_id;

-- name: records_at
SELECT r.device_id, r.seq, r.kind, r.state, r.reason, r.flags, r.receipt_id, r.sale_id, r.receipt_number, r.happened_at
FROM offline.record r WHERE r.device_id = $1 AND r.seq = ANY ($2::bigint[]) ORDER BY r.seq;

-- name: uses_at
SELECT seq, place, claim_id, coupon_id, amount_minor, outcome, reason, redemption_id, break_id, is_counted, is_overridden
FROM offline.use WHERE device_id = $1 AND seq = ANY ($2::bigint[]) ORDER BY seq, place;

-- name: refuse_log
INSERT INTO offline.refused_log (device_id, seq, hash, lease_id, merchant_id, refused_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING RETURNING seq;

-- name: find_breaks
SELECT * FROM offline.redemption_break WHERE break_id = ANY ($1::text[]);

-- name: list_breaks
SELECT * FROM offline.redemption_break
WHERE ($1::text IS NULL OR merchant_id = $1) AND ($2::text IS NULL OR store_id = $2)
  AND ($3::text IS NULL OR till_id = $3) AND ($4::text IS NULL OR state = $4) AND ($5::text IS NULL OR kind = $5)
  AND ($6::timestamptz IS NULL OR booked_at < $6) AND break_id < $7
ORDER BY break_id DESC LIMIT $8;

-- name: resolve_break
UPDATE offline.redemption_break SET state = 'resolved', decision = $2, bearer = $3, note = $4, resolved_by = $5, resolved_at = $6
WHERE break_id = $1 AND state = 'open'
RETURNING *;

-- name: void_breaks
UPDATE offline.redemption_break b SET state = 'voided', resolved_at = $3
FROM unnest($1::text[], $2::text[]) AS w (till_id, receipt_id)
WHERE b.till_id = w.till_id AND b.receipt_id = w.receipt_id AND b.state = 'open' AND b.fork_hash IS NULL
RETURNING b.break_id, b.posting_id;
