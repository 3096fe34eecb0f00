-- name: insert_till
INSERT INTO tills.till (till_id, merchant_id, store_id, external_id, name, currency, pos_prices, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (merchant_id, external_id) DO NOTHING
RETURNING till_id, merchant_id, store_id, external_id, name, currency, pos_prices, status, made_at;

-- name: find_tills
SELECT till_id, merchant_id, store_id, external_id, name, currency, pos_prices, status, made_at
FROM tills.till WHERE till_id = ANY ($1::text[]);

-- name: list_tills
SELECT till_id, merchant_id, store_id, external_id, name, currency, pos_prices, status, made_at
FROM tills.till
WHERE ($1::text IS NULL OR merchant_id = $1) AND ($2::text IS NULL OR store_id = $2) AND till_id > $3
ORDER BY till_id LIMIT $4;

-- name: change_till
UPDATE tills.till SET name = coalesce($2, name), pos_prices = coalesce($3, pos_prices), status = coalesce($4, status)
WHERE till_id = $1
RETURNING till_id, merchant_id, store_id, external_id, name, currency, pos_prices, status, made_at;

-- name: insert_setup_code
INSERT INTO tills.setup_code (code_hash, till_id, made_by, expires_at)
VALUES ($1, $2, $3, clock_timestamp() + $4::interval)
RETURNING expires_at;

-- name: spend_setup_codes
-- A new code ends the older ones of its till: only the last one shown works.
UPDATE tills.setup_code SET used_at = clock_timestamp() WHERE till_id = $1 AND used_at IS NULL;

-- name: use_setup_code
UPDATE tills.setup_code SET used_at = clock_timestamp()
WHERE code_hash = $1 AND used_at IS NULL AND expires_at > clock_timestamp()
RETURNING till_id;

-- name: sweep_setup_codes
DELETE FROM tills.setup_code WHERE expires_at < clock_timestamp() - interval '30 days';

-- name: take_attempt
INSERT INTO tills.attempt (subject, window_at, attempt_count)
VALUES ($1, date_bin($2::interval, clock_timestamp(), 'epoch'), 1)
ON CONFLICT (subject, window_at) DO UPDATE SET attempt_count = tills.attempt.attempt_count + 1
RETURNING attempt_count, extract(epoch FROM window_at + $2::interval - clock_timestamp())::float8 AS left_s;

-- name: give_attempt_back
UPDATE tills.attempt SET attempt_count = attempt_count - 1
WHERE subject = $1 AND window_at = date_bin($2::interval, clock_timestamp(), 'epoch') AND attempt_count > 0;

-- name: sweep_attempts
DELETE FROM tills.attempt WHERE window_at < clock_timestamp() - interval '1 day';

-- name: insert_device
INSERT INTO tills.device (device_id, till_id, account_id, name, paired_at) VALUES ($1, $2, $3, $4, $5);

-- name: list_devices
SELECT device_id, till_id, name, paired_at, revoked_at FROM tills.device
WHERE till_id = $1 AND device_id < $2 ORDER BY device_id DESC LIMIT $3;

-- name: revoke_devices
-- One device ($2) of a till, or all that are live.
UPDATE tills.device SET revoked_at = greatest($3, paired_at)
WHERE till_id = $1 AND ($2::text IS NULL OR device_id = $2) AND revoked_at IS NULL
RETURNING device_id, account_id;

-- name: insert_shift
INSERT INTO tills.shift (shift_id, till_id, store_id, merchant_id, clerk_id, clerk_name, session_id, currency,
                         opening_cash_minor, expected_cash_minor, opened_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)
ON CONFLICT (till_id) WHERE closed_at IS NULL DO NOTHING
RETURNING *;

-- name: open_shift_of
SELECT * FROM tills.shift WHERE till_id = $1 AND closed_at IS NULL;

-- name: resume_shift
UPDATE tills.shift SET session_id = $2 WHERE shift_id = $1 AND closed_at IS NULL RETURNING *;

-- name: find_shift
SELECT * FROM tills.shift WHERE shift_id = $1;

-- name: list_shifts
SELECT * FROM tills.shift
WHERE ($1::text IS NULL OR merchant_id = $1) AND ($2::text IS NULL OR store_id = $2)
  AND ($3::text IS NULL OR till_id = $3) AND shift_id < $4
ORDER BY shift_id DESC LIMIT $5;

-- name: close_shift
UPDATE tills.shift SET closed_at = greatest($4, opened_at), closed_by = $3, counted_cash_minor = $2
WHERE shift_id = $1 AND closed_at IS NULL RETURNING *;

-- name: open_desks
SELECT t.till_id, t.merchant_id, t.store_id, t.currency, t.pos_prices, s.shift_id, s.clerk_id
FROM tills.till t JOIN tills.shift s ON s.till_id = t.till_id AND s.closed_at IS NULL
WHERE t.till_id = ANY ($1::text[]) AND t.status = 'active';

-- name: insert_redemptions
INSERT INTO tills.redemption (redemption_id, claim_id, coupon_id, merchant_id, store_id, till_id, shift_id, clerk_id,
                              receipt_id, currency, amount_minor, basket, code_hash, redeemed_at)
SELECT r.redemption_id, r.claim_id, r.coupon_id, r.merchant_id, r.store_id, r.till_id, r.shift_id, r.clerk_id,
       r.receipt_id, r.currency, r.amount_minor, r.basket::json, r.code_hash, r.redeemed_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::text[], $10::text[], $11::bigint[], $12::text[], $13::bytea[], $14::timestamptz[])
    AS r (redemption_id, claim_id, coupon_id, merchant_id, store_id, till_id, shift_id, clerk_id, receipt_id,
          currency, amount_minor, basket, code_hash, redeemed_at)
ORDER BY r.till_id, r.receipt_id
ON CONFLICT DO NOTHING;

-- name: note_prepared
INSERT INTO tills.prepared (till_id, claim_id, member_id, prepared_at)
SELECT p.till_id, p.claim_id, p.member_id, $4 FROM unnest($1::text[], $2::text[], $3::text[]) AS p (till_id, claim_id, member_id)
ORDER BY p.till_id, p.claim_id
ON CONFLICT (till_id, claim_id) DO UPDATE SET prepared_at = excluded.prepared_at;

-- name: find_prepared
SELECT p.till_id, p.claim_id, p.member_id FROM unnest($1::text[], $2::text[]) AS w (till_id, claim_id)
JOIN tills.prepared p ON p.till_id = w.till_id AND p.claim_id = w.claim_id
WHERE p.prepared_at > $3;

-- name: sweep_prepared
DELETE FROM tills.prepared WHERE made_at < clock_timestamp() - interval '1 day';

-- name: find_receipts
SELECT redemption_id, claim_id, coupon_id, merchant_id, store_id, till_id, shift_id, clerk_id, receipt_id, currency,
       amount_minor, redeemed_at, reversed_at, reversed_by, reverse_reason, basket::text AS basket, code_hash
FROM tills.redemption
WHERE (till_id, receipt_id) IN (SELECT * FROM unnest($1::text[], $2::text[]));

-- name: find_redemptions
SELECT redemption_id, claim_id, coupon_id, merchant_id, store_id, till_id, shift_id, clerk_id, receipt_id, currency,
       amount_minor, redeemed_at, reversed_at, reversed_by, reverse_reason
FROM tills.redemption WHERE redemption_id = ANY ($1::text[]);

-- name: list_redemptions
SELECT redemption_id, claim_id, coupon_id, merchant_id, store_id, till_id, shift_id, clerk_id, receipt_id, currency,
       amount_minor, redeemed_at, reversed_at, reversed_by, reverse_reason
FROM tills.redemption
WHERE ($1::text IS NULL OR merchant_id = $1) AND ($2::text IS NULL OR store_id = $2)
  AND ($3::text IS NULL OR till_id = $3) AND redemption_id < $4
ORDER BY redemption_id DESC LIMIT $5;

-- name: reverse_redemptions
UPDATE tills.redemption r SET reversed_at = greatest($4, r.redeemed_at), reversed_by = v.clerk_id, reverse_reason = v.reason
FROM unnest($1::text[], $2::text[], $3::text[]) AS v (redemption_id, clerk_id, reason)
WHERE r.redemption_id = v.redemption_id AND r.reversed_at IS NULL;

-- name: find_sales
SELECT * FROM tills.sale
WHERE (till_id, receipt_id) IN (SELECT * FROM unnest($1::text[], $2::text[]));

-- name: find_sales_by_id
SELECT * FROM tills.sale WHERE sale_id = ANY ($1::text[]);

-- name: list_sales
SELECT * FROM tills.sale
WHERE ($1::text IS NULL OR merchant_id = $1) AND ($2::text IS NULL OR store_id = $2)
  AND ($3::text IS NULL OR till_id = $3) AND sale_id < $4
ORDER BY sale_id DESC LIMIT $5;

-- name: take_numbers
UPDATE tills.till t SET last_number = t.last_number + n.count
FROM unnest($1::text[], $2::bigint[]) AS n (till_id, count)
WHERE t.till_id = n.till_id
RETURNING t.till_id, t.last_number - n.count AS before;

-- name: insert_sales
INSERT INTO tills.sale (sale_id, till_id, receipt_id, receipt_number, body_hash, merchant_id, store_id, shift_id,
                        clerk_id, order_id, member_id, claim_ids, currency, gross_minor, discount_minor, total_minor,
                        wallet_minor, cash_minor, tendered_minor, change_minor, lines, sold_at)
SELECT s.sale_id, s.till_id, s.receipt_id, s.receipt_number, s.body_hash, s.merchant_id, s.store_id, s.shift_id,
       s.clerk_id, s.order_id, s.member_id, string_to_array(s.claim_ids, ','), s.currency, s.gross_minor,
       s.discount_minor, s.total_minor, s.wallet_minor, s.cash_minor, s.tendered_minor, s.change_minor,
       s.lines::json, s.sold_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bytea[], $6::text[], $7::text[], $8::text[],
            $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::bigint[], $16::bigint[],
            $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[], $21::text[], $22::timestamptz[])
    AS s (sale_id, till_id, receipt_id, receipt_number, body_hash, merchant_id, store_id, shift_id, clerk_id,
          order_id, member_id, claim_ids, currency, gross_minor, discount_minor, total_minor, wallet_minor,
          cash_minor, tendered_minor, change_minor, lines, sold_at)
ORDER BY s.till_id, s.receipt_id
ON CONFLICT DO NOTHING
RETURNING sale_id;

-- name: add_shift_cash
UPDATE tills.shift s SET expected_cash_minor = s.expected_cash_minor + a.amount_minor
FROM unnest($1::text[], $2::bigint[]) AS a (shift_id, amount_minor)
WHERE s.shift_id = a.shift_id;

-- name: undo_sales
UPDATE tills.sale s SET undone_at = greatest($3, s.sold_at), undone_by = u.clerk_id,
    undone_shift_id = u.shift_id
FROM unnest($1::text[], $2::text[], $4::text[]) AS u (sale_id, clerk_id, shift_id)
WHERE s.sale_id = u.sale_id AND s.undone_at IS NULL
RETURNING s.*;

-- name: approve_undo
UPDATE tills.sale SET undo_approved_by = $2, undo_reason = $3 WHERE sale_id = $1 RETURNING *;

-- name: used_pay_codes
SELECT u.member_id, u.step FROM unnest($1::text[], $2::bigint[]) AS w (member_id, step)
JOIN tills.pay_code_use u ON u.member_id = w.member_id AND u.step = w.step;

-- name: use_pay_codes
INSERT INTO tills.pay_code_use (member_id, step)
SELECT member_id, step FROM unnest($1::text[], $2::bigint[]) AS w (member_id, step) ORDER BY member_id, step
ON CONFLICT DO NOTHING RETURNING step;

-- name: sweep_pay_codes
DELETE FROM tills.pay_code_use WHERE made_at < clock_timestamp() - interval '1 day';

-- name: find_device_of_account
SELECT d.device_id, d.till_id, t.merchant_id, t.store_id, t.currency, t.name, t.status, d.paired_at, d.revoked_at
FROM tills.device d JOIN tills.till t USING (till_id) WHERE d.account_id = $1;

-- name: find_devices
SELECT d.device_id, d.till_id, t.merchant_id, t.store_id, t.currency, t.name, t.status, d.paired_at, d.revoked_at
FROM tills.device d JOIN tills.till t USING (till_id) WHERE d.device_id = ANY ($1::text[]);

-- name: find_shifts
SELECT shift_id, till_id, clerk_id FROM tills.shift WHERE shift_id = ANY ($1::text[]);
