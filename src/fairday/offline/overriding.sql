-- name: insert_override
INSERT INTO offline.override (device_id, seq, override_id, merchant_id, store_id, till_id, clerk_id, receipt_id,
                              supervisor_login, supervisor_id, reason, state, currency, use_count, amount_minor,
                              happened_at, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17);

-- name: overrides
SELECT override_id, device_id, seq, merchant_id, store_id, till_id, clerk_id, receipt_id, supervisor_login, supervisor_id,
       reason, state, currency, use_count, amount_minor, happened_at, received_at
FROM offline.override
WHERE ($1::text IS NULL OR merchant_id = $1) AND ($2::text IS NULL OR store_id = $2)
  AND ($3::text IS NULL OR state = $3) AND override_id < $4
ORDER BY override_id DESC LIMIT $5;
