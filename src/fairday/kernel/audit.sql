-- name: append_audit
INSERT INTO kernel.audit (audit_id, happened_at, account_id, name, role, session_id, is_key, merchant_id, method, route,
                          path, target_id, status, request_digest, changes)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::json);

-- name: try_sealing
-- One sealer at a time, in any process.
SELECT pg_try_advisory_xact_lock(7211112);

-- name: chain_head
SELECT number, xid::text AS xid, id, hash, sealed_at FROM kernel.audit_seal ORDER BY number DESC LIMIT 1;

-- name: chain_id
SELECT chain_id::text FROM kernel.audit_chain;

-- name: rows_to_seal
-- Only transactions below the oldest one still running, as the event log is read.
SELECT a.xid::text AS xid, a.id, kernel.audit_text(a) AS text FROM kernel.audit a
WHERE (a.xid, a.id) > ($1::text::xid8, $2::bigint) AND a.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY a.xid, a.id LIMIT $3;

-- name: insert_seals
INSERT INTO kernel.audit_seal (number, xid, id, hash)
SELECT s.number, s.xid::xid8, s.id, s.hash
FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bytea[]) AS s (number, xid, id, hash);

-- name: unsealed
SELECT count(*) AS count, min(recorded_at) AS oldest_at FROM kernel.audit
WHERE (xid, id) > ($1::text::xid8, $2::bigint);

-- name: faults_after
-- What is wrong with the chain after a number: a changed or deleted row, one that was slipped in, a gap in the numbers.
WITH seals AS (
    SELECT number, xid, id, hash, lag(hash) OVER w AS hash_before, lag(number) OVER w AS number_before
    FROM kernel.audit_seal WHERE number >= $1::bigint WINDOW w AS (ORDER BY number)
), first AS (SELECT xid, id FROM kernel.audit_seal WHERE number >= $1::bigint ORDER BY number LIMIT 1)
SELECT s.number, a.audit_id, CASE WHEN a.audit_id IS NULL THEN 'deleted' ELSE 'changed' END AS fault
FROM seals s LEFT JOIN kernel.audit a ON a.xid = s.xid AND a.id = s.id
WHERE a.audit_id IS NULL
   OR (s.number = 1 OR s.number_before IS NOT NULL)
      AND s.hash <> sha256(coalesce(s.hash_before, sha256('fairday audit v1')) || convert_to(kernel.audit_text(a), 'UTF8'))
UNION ALL
SELECT s.number, NULL, 'gap' FROM seals s WHERE s.number <> s.number_before + 1
UNION ALL
SELECT NULL, a.audit_id, 'inserted' FROM kernel.audit a
LEFT JOIN kernel.audit_seal s ON s.xid = a.xid AND s.id = a.id
CROSS JOIN (SELECT xid, id FROM kernel.audit_seal ORDER BY number DESC LIMIT 1) head
WHERE s.number IS NULL AND (a.xid, a.id) <= (head.xid, head.id)
  AND ($1::bigint <= 1 OR EXISTS (SELECT FROM first WHERE (a.xid, a.id) > (first.xid, first.id)))
LIMIT 20;

-- name: audit_page
SELECT a.xid::text AS xid, a.id, a.audit_id, a.happened_at, a.recorded_at, a.account_id, a.name, a.role, a.session_id,
       a.is_key, a.merchant_id, a.method, a.route, a.path, a.target_id, a.status, a.request_digest, a.changes, s.number
FROM kernel.audit a LEFT JOIN kernel.audit_seal s ON s.xid = a.xid AND s.id = a.id
WHERE ($1::text IS NULL OR a.merchant_id = $1) AND ($2::text IS NULL OR a.account_id = $2)
  AND ($3::text IS NULL OR a.role = $3) AND ($4::text IS NULL OR a.target_id = $4)
  AND ($5::text IS NULL OR a.route LIKE '%' || $5 || '%')
  AND ($6::timestamptz IS NULL OR a.happened_at >= $6) AND ($7::timestamptz IS NULL OR a.happened_at < $7)
  AND ($8::text IS NULL OR (a.xid, a.id) < ($8::text::xid8, $9::bigint)) AND ($10::boolean IS NULL OR a.is_key = $10)
ORDER BY a.xid DESC, a.id DESC LIMIT $11;

-- name: seals_at
SELECT number, hash FROM kernel.audit_seal WHERE number = ANY($1::bigint[]);
