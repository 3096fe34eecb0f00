-- name: insert_sale
INSERT INTO flashsales.sale (sale_id, merchant_id, sku_id, store_id, name, name_en, currency, regular_minor, price_minor, places,
                             waitlist_max, hold_s, starts_at, ends_at, status, made_by, made_at, who_key, log_hash, log_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'live', $15, $16, $17, $18, $16);

-- name: sales
SELECT * FROM flashsales.sale WHERE sale_id = ANY ($1::text[]);

-- name: lock_sales
-- The sequencer: who has the row says who comes next. Keys sorted, so that batches over several sales wait in one order.
SELECT * FROM flashsales.sale WHERE sale_id = ANY ($1::text[]) ORDER BY sale_id FOR UPDATE;

-- name: coming
SELECT * FROM flashsales.sale WHERE status = 'live' AND ends_at > $1 ORDER BY starts_at, sale_id LIMIT $2;

-- name: of_merchant
SELECT * FROM flashsales.sale WHERE merchant_id = $1 ORDER BY sale_id DESC LIMIT $2;

-- name: entries_of_persons
SELECT e.* FROM unnest($1::text[], $2::text[]) AS w (sale_id, person_id)
JOIN flashsales.entry e ON e.sale_id = w.sale_id AND e.person_id = w.person_id;

-- name: entry_of_person
SELECT e.*, (SELECT count(*) FROM flashsales.entry b
             WHERE b.sale_id = e.sale_id AND b.state = 'waiting' AND b.place < e.place) AS ahead
FROM flashsales.entry e WHERE e.sale_id = $1 AND e.person_id = $2;

-- name: members_in
SELECT member_id FROM flashsales.entry WHERE sale_id = $1;

-- name: insert_entries
INSERT INTO flashsales.entry (sale_id, place, person_id, member_id, state, holds_until, entered_at)
SELECT s.sale_ids[e.sale], e.place, e.person_id, e.member_id, e.state, CASE WHEN e.state = 'won' THEN s.holds[e.sale] END,
       s.at[e.sale]
FROM (SELECT $1::text[] AS sale_ids, $2::timestamptz[] AS holds, $3::timestamptz[] AS at OFFSET 0) s,
     unnest($4::smallint[], $5::integer[], $6::text[], $7::text[], $8::text[]) AS e (sale, place, person_id, member_id, state);

-- name: insert_log
INSERT INTO flashsales.log (sale_id, first_number, last_number, lines, hash) VALUES ($1, $2, $3, $4, $5);

-- name: advance
UPDATE flashsales.sale
SET entered_count = entered_count + $2, won_count = won_count + $3, ordered_count = ordered_count + $4,
    waiting_count = waiting_count + $5, log_count = $6, log_hash = $7, log_at = $8, status = $9
WHERE sale_id = $1;

-- name: order_place
UPDATE flashsales.entry SET state = 'ordered', holds_until = NULL, order_id = $4
WHERE sale_id = $1 AND place = $2 AND state = 'won' AND holds_until > $3
RETURNING place;

-- name: due_sales
SELECT DISTINCT sale_id FROM flashsales.entry WHERE state = 'won' AND holds_until <= $1 ORDER BY sale_id LIMIT $2;

-- name: lapse
UPDATE flashsales.entry SET state = 'lapsed', holds_until = NULL
WHERE sale_id = $1 AND state = 'won' AND holds_until <= $2
RETURNING place, member_id;

-- name: promote
UPDATE flashsales.entry SET state = 'won', holds_until = $3
WHERE sale_id = $1 AND place IN (
    SELECT place FROM flashsales.entry WHERE sale_id = $1 AND state = 'waiting' ORDER BY place LIMIT $2)
RETURNING place, member_id;

-- name: miss
UPDATE flashsales.entry SET state = 'missed' WHERE sale_id = $1 AND state = 'waiting' RETURNING place;

-- name: ended_sales
-- Over, and nobody may still pay.
SELECT s.sale_id FROM flashsales.sale s
WHERE s.status = 'live' AND s.ends_at <= $1
  AND NOT EXISTS (SELECT FROM flashsales.entry e WHERE e.sale_id = s.sale_id AND e.state = 'won')
ORDER BY s.sale_id LIMIT $2;

-- name: close_entries
UPDATE flashsales.entry SET state = CASE WHEN state = 'won' THEN 'lapsed' ELSE 'missed' END, holds_until = NULL
WHERE sale_id = $1 AND state IN ('won', 'waiting')
RETURNING place;

-- name: log_blocks
-- Blocks that reach beyond a number, each with the hash before it.
SELECT b.first_number, b.lines, (SELECT p.hash FROM flashsales.log p WHERE p.sale_id = b.sale_id AND p.last_number = b.first_number - 1
                                 ORDER BY p.first_number DESC LIMIT 1) AS head
FROM flashsales.log b WHERE b.sale_id = $1 AND b.last_number > $2 ORDER BY b.first_number LIMIT $3;
