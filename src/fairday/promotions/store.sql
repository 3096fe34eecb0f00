-- name: revision
SELECT revision::text FROM promotions.revision;

-- name: new_revision
UPDATE promotions.revision SET revision = gen_random_uuid();

-- name: live
SELECT o.offer_id, o.merchant_id, o.currency, v.version, v.terms
FROM promotions.offer o JOIN promotions.version v ON v.offer_id = o.offer_id AND v.version = o.live_version
WHERE o.status = 'live'
ORDER BY o.offer_id;

-- name: insert_offer
INSERT INTO promotions.offer (offer_id, merchant_id, currency, latest_version, budget_minor, created_at)
VALUES ($1, $2, $3, 1, $4, $5);

-- name: insert_version
INSERT INTO promotions.version (offer_id, version, terms, budget_minor, reason, made_by, made_by_name, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: next_version
-- The row is held, so versions of one offer are numbered one after the other.
UPDATE promotions.offer SET latest_version = latest_version + 1 WHERE offer_id = $1 RETURNING latest_version;

-- name: offers
SELECT o.offer_id, o.merchant_id, o.currency, o.status, o.stop_reason, o.live_version, o.latest_version, o.budget_minor,
       o.taken_minor, o.created_at
FROM promotions.offer o
WHERE o.offer_id = ANY($1::text[]);

-- name: find_offers
-- In the order of $8 (name, taken, share of the budget, else when they were made), by $9 downwards; after the offer that stood last on
-- the page before: its id $5, rank $10 and word $11. $7: only where the latest version waits for somebody who is not its author.
WITH found AS (
    SELECT o.offer_id,
           CASE $8::text WHEN 'taken' THEN o.taken_minor WHEN 'share' THEN coalesce(o.taken_minor::numeric * 1000000 / o.budget_minor, -1) ELSE 0 END::bigint AS rank,
           CASE $8::text WHEN 'name' THEN lower(v.terms ->> 'name') ELSE '' END COLLATE "C" AS word
    FROM promotions.offer o JOIN promotions.version v ON v.offer_id = o.offer_id AND v.version = o.latest_version
    LEFT JOIN promotions.version l ON l.offer_id = o.offer_id AND l.version = o.live_version
    WHERE ($1::text IS NULL OR o.merchant_id = $1) AND ($2::text IS NULL OR o.status = $2)
      AND ($3::text IS NULL OR strpos(lower(v.terms ->> 'name'), lower($3)) > 0)
      AND ($6::text IS NULL OR coalesce(l.terms, v.terms) ->> 'lane' = $6)
      AND ($7::text IS NULL OR (v.approved_by IS NULL AND v.made_by <> $7))
)
SELECT offer_id, rank, word FROM found
WHERE $5::text IS NULL
   OR CASE WHEN $9::boolean THEN (rank, word, offer_id) < ($10::bigint, $11::text, $5) ELSE (rank, word, offer_id) > ($10, $11, $5) END
ORDER BY CASE WHEN $9 THEN rank END DESC, CASE WHEN $9 THEN word END DESC, CASE WHEN $9 THEN offer_id END DESC, rank, word, offer_id
LIMIT $4;

-- name: versions
SELECT offer_id, version, terms, budget_minor, reason, made_by, made_by_name, made_at, simulation, approved_by,
       approved_by_name, approved_at
FROM promotions.version
WHERE offer_id = $1
ORDER BY version DESC
LIMIT $2;

-- name: latest_versions
SELECT v.offer_id, v.version, v.terms, v.budget_minor, v.reason, v.made_by, v.made_by_name, v.made_at, v.simulation,
       v.approved_by, v.approved_by_name, v.approved_at, l.terms AS live_terms
FROM promotions.offer o JOIN promotions.version v ON v.offer_id = o.offer_id AND v.version = o.latest_version
LEFT JOIN promotions.version l ON l.offer_id = o.offer_id AND l.version = o.live_version
WHERE o.offer_id = ANY($1::text[]);

-- name: lock_offer
SELECT status, live_version, latest_version, budget_minor, taken_minor FROM promotions.offer WHERE offer_id = $1 FOR UPDATE;

-- name: approve_version
UPDATE promotions.version SET approved_by = $3, approved_by_name = $4, approved_at = $5
WHERE offer_id = $1 AND version = $2 AND approved_by IS NULL;

-- name: go_live
UPDATE promotions.offer SET status = 'live', live_version = $2, budget_minor = $3, stop_reason = NULL WHERE offer_id = $1;

-- name: set_status
UPDATE promotions.offer SET status = $2, stop_reason = $3 WHERE offer_id = $1 AND status = $4;

-- name: set_simulation
UPDATE promotions.version SET simulation = $3 WHERE offer_id = $1 AND version = $2 AND approved_by IS NULL;

-- name: take_all
-- What orders of a batch need of each offer; a row whose budget does not hold it all is left as it is.
UPDATE promotions.offer o SET taken_minor = o.taken_minor + n.need
FROM (SELECT * FROM unnest($1::text[], $2::bigint[]) AS n (offer_id, need) ORDER BY offer_id) AS n
WHERE o.offer_id = n.offer_id AND o.status = 'live' AND (o.budget_minor IS NULL OR o.taken_minor + n.need <= o.budget_minor)
RETURNING o.offer_id;

-- name: left
SELECT offer_id, CASE WHEN status = 'live' THEN budget_minor - taken_minor ELSE 0 END AS left_minor
FROM promotions.offer WHERE offer_id = ANY($1::text[]) ORDER BY offer_id FOR UPDATE;

-- name: give_back
UPDATE promotions.offer o SET taken_minor = o.taken_minor - n.amount
FROM (SELECT * FROM unnest($1::text[], $2::bigint[]) AS n (offer_id, amount) ORDER BY offer_id) AS n
WHERE o.offer_id = n.offer_id;

-- name: numbers_held
SELECT member_id, max(number) AS number FROM promotions.order_number WHERE member_id = ANY($1::text[]) GROUP BY member_id;

-- name: hold_numbers
-- Sorted, so that batches cannot deadlock; an order that another process is writing now is waited for.
INSERT INTO promotions.order_number (member_id, number, order_id)
SELECT n.member_id, n.number, n.order_id FROM unnest($1::text[], $2::integer[], $3::text[]) AS n (member_id, number, order_id)
ORDER BY n.member_id, n.number
ON CONFLICT (member_id, number) DO NOTHING RETURNING order_id;

-- name: free_numbers
DELETE FROM promotions.order_number WHERE order_id = ANY($1::text[]);

-- name: use_up
UPDATE promotions.offer SET status = 'stopped', stop_reason = 'budget' WHERE offer_id = ANY($1::text[]) AND status = 'live';
