-- name: find_answers
SELECT digest, body_hash, status, body FROM kernel.idempotency WHERE digest = ANY($1::bytea[]);

-- name: insert_answers
-- The caller sorts by digest, so that racing batches wait for one another in one order.
INSERT INTO kernel.idempotency (digest, body_hash, status, body, made_at)
SELECT a.digest, a.body_hash, a.status, a.body, $5
FROM unnest($1::bytea[], $2::bytea[], $3::smallint[], $4::bytea[]) AS a (digest, body_hash, status, body)
ON CONFLICT DO NOTHING;

-- name: sweep_answers
DELETE FROM kernel.idempotency WHERE made_at < clock_timestamp() - interval '48 hours';
