-- name: insert_run
INSERT INTO kernel.import_run (import_id, merchant_id, kind, file_name, account_id, created_count, updated_count,
                               unchanged_count, error_count, errors, started_at, finished_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: runs
SELECT import_id, merchant_id, kind, file_name, account_id, created_count, updated_count, unchanged_count, error_count,
       started_at, finished_at
FROM kernel.import_run
WHERE merchant_id = $1 AND ($2::text IS NULL OR kind = $2) AND import_id < $3 ORDER BY import_id DESC LIMIT $4;

-- name: run
SELECT import_id, merchant_id, kind, file_name, account_id, created_count, updated_count, unchanged_count, error_count,
       started_at, finished_at, errors
FROM kernel.import_run WHERE import_id = $1;

-- name: forget_before
DELETE FROM kernel.import_run
WHERE import_id IN (SELECT import_id FROM kernel.import_run WHERE finished_at < $1 ORDER BY finished_at LIMIT $2)
RETURNING import_id;
