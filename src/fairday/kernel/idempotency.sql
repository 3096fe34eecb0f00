-- name: find_answers
SELECT scope, key, body_hash, status, body FROM kernel.idempotency
WHERE (scope, key) IN (SELECT * FROM unnest($1::text[], $2::text[]));

-- name: insert_answers
INSERT INTO kernel.idempotency (scope, key, body_hash, status, body, made_at)
SELECT a.scope, a.key, a.body_hash, a.status, a.body, clock_timestamp()
FROM unnest($1::text[], $2::text[], $3::bytea[], $4::smallint[], $5::bytea[]) AS a (scope, key, body_hash, status, body)
ORDER BY a.scope, a.key
ON CONFLICT DO NOTHING
RETURNING 1;

-- name: sweep_answers
DELETE FROM kernel.idempotency WHERE made_at < clock_timestamp() - interval '48 hours';
