-- name: latest_revisions
-- The newest revision of each receipt, live or not: a superseded one that comes again is known by it.
SELECT DISTINCT ON (r.store_id, r.external_id) r.store_id, r.external_id, r.receipt_id, r.revision, r.content_hash, r.superseded_by
FROM unnest($1::text[], $2::text[]) AS k (store_id, external_id)
JOIN receipts.receipt r ON r.store_id = k.store_id AND r.external_id = k.external_id
ORDER BY r.store_id, r.external_id, r.revision DESC;

-- name: correctors
-- The receipt that corrects each one: the live one, or the newest that was superseded itself.
SELECT DISTINCT ON (r.store_id, r.corrects_external_id)
       r.store_id, r.corrects_external_id, r.receipt_id, r.external_id, r.superseded_by IS NULL AS is_live
FROM unnest($1::text[], $2::text[]) AS k (store_id, external_id)
JOIN receipts.receipt r ON r.store_id = k.store_id AND r.corrects_external_id = k.external_id
ORDER BY r.store_id, r.corrects_external_id, r.superseded_by IS NULL DESC, r.receipt_id DESC;

-- name: find_twins
-- One is enough; neither the receipt's other revisions nor what it corrects or is corrected by.
SELECT t.store_id, k.external_id, t.external_id AS twin
FROM unnest($1::bytea[], $2::timestamptz[], $3::text[], $4::text[]) AS k (fingerprint, happened_at, external_id, corrects)
CROSS JOIN LATERAL (
    SELECT r.store_id, r.external_id FROM receipts.receipt r
    WHERE r.fingerprint = k.fingerprint AND r.superseded_by IS NULL
      AND r.happened_at BETWEEN k.happened_at - $5::interval AND k.happened_at + $5::interval
      AND r.external_id <> k.external_id AND r.external_id IS DISTINCT FROM k.corrects
      AND r.corrects_external_id IS DISTINCT FROM k.external_id
    ORDER BY r.happened_at LIMIT 1) AS t;

-- name: lock_merchant
SELECT pg_advisory_xact_lock(hashtextextended('receipts:' || $1::text, 0));

-- name: supersede
UPDATE receipts.receipt r SET superseded_by = d.by
FROM unnest($1::text[], $2::text[]) AS d (receipt_id, by)
WHERE r.receipt_id = d.receipt_id AND r.superseded_by IS NULL
RETURNING r.receipt_id;

-- name: insert_run
INSERT INTO receipts.import_run (import_id, merchant_id, recorded_at, report) VALUES ($1, $2, $3, $4);

-- name: find_run
SELECT merchant_id, report FROM receipts.import_run WHERE import_id = $1;

-- name: list_receipts
SELECT receipt_id, merchant_id, store_id, external_id, revision, till, happened_at, recorded_at, currency, total_minor, line_count,
       return_count, is_incomplete, corrects_external_id, twin_of, superseded_by, import_id
FROM receipts.receipt
WHERE merchant_id = $1 AND (happened_at, receipt_id) < ($2, $3::text) AND happened_at >= $4
  AND ($5::text IS NULL OR store_id = $5) AND ($6::date IS NULL OR happened_on = $6) AND ($7 OR superseded_by IS NULL)
ORDER BY happened_at DESC, receipt_id DESC LIMIT $8;

-- name: find_receipt
SELECT receipt_id, merchant_id, store_id, external_id, revision, till, happened_at, recorded_at, currency, total_minor, line_count,
       return_count, is_incomplete, corrects_external_id, twin_of, superseded_by, import_id
FROM receipts.receipt WHERE receipt_id = $1;

-- name: find_lines
SELECT line_no, gtin, sku_external_id, name, quantity_milli, unit, total_minor, sku_id, match
FROM receipts.line WHERE receipt_id = $1 ORDER BY line_no;

-- name: day_totals
SELECT happened_on AS on, store_id, currency, count(*)::integer AS receipt_count, sum(line_count)::integer AS line_count,
       sum(return_count)::integer AS return_count, sum(total_minor)::bigint AS total_minor
FROM receipts.receipt
WHERE merchant_id = $1 AND superseded_by IS NULL AND happened_on BETWEEN $2 AND $3 AND ($4::text IS NULL OR store_id = $4)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT $5;

-- name: coverage
SELECT store_id, count(*)::integer AS receipt_count, min(happened_on) AS first_on, max(happened_on) AS last_on,
       count(DISTINCT happened_on)::integer AS day_count,
       (max(happened_on) - min(happened_on) + 1 - count(DISTINCT happened_on))::integer AS missing_day_count,
       (count(DISTINCT happened_on) * 10000 / (max(happened_on) - min(happened_on) + 1))::integer AS share_bp,
       (count(*) FILTER (WHERE recorded_at > happened_at + interval '2 days'))::integer AS late_count,
       (count(*) FILTER (WHERE is_incomplete))::integer AS incomplete_count,
       percentile_disc(0.5) WITHIN GROUP (
           ORDER BY greatest(0, floor(extract(epoch FROM recorded_at - happened_at)))::bigint) AS delay_median_s,
       max(greatest(0, floor(extract(epoch FROM recorded_at - happened_at))))::bigint AS delay_max_s,
       max(happened_at) AS last_happened_at, max(recorded_at) AS last_recorded_at,
       greatest(0, floor(extract(epoch FROM $3 - max(happened_at))))::bigint AS age_s
FROM receipts.receipt
WHERE ($1::text IS NULL OR merchant_id = $1) AND happened_at >= $2 AND superseded_by IS NULL AND store_id > $4
GROUP BY store_id ORDER BY store_id LIMIT $5;
