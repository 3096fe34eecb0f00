-- name: reserve_levels
-- One guarded set update: each level gives its whole need of the batch or nothing. The row is written either way, so
-- every row is locked in key order; moved tells whether it fitted. How many fitted comes back. Source: R67.
WITH given AS (
    UPDATE stock.level AS l
    SET reserved = l.reserved
            + CASE WHEN l.sells_online AND l.on_hand - l.reserved - l.safety >= n.need THEN n.need ELSE 0 END,
        moved = CASE WHEN l.sells_online AND l.on_hand - l.reserved - l.safety >= n.need THEN n.need ELSE 0 END
    FROM unnest($1::text::text[], $2::text::text[], $3::text::bigint[]) AS n (sku_id, place_id, need)
    WHERE l.sku_id = n.sku_id AND l.place_id = n.place_id
    RETURNING l.moved)
SELECT count(*) FROM given WHERE moved > 0;

-- name: sell_levels
-- As reserve_levels, for goods that leave at once; a till may sell the safety stock too. Source: R67, R71.
WITH given AS (
    UPDATE stock.level AS l
    SET on_hand = l.on_hand - CASE WHEN l.on_hand - l.reserved >= n.need THEN n.need ELSE 0 END,
        moved = CASE WHEN l.on_hand - l.reserved >= n.need THEN n.need ELSE 0 END
    FROM unnest($1::text::text[], $2::text::text[], $3::text::bigint[]) AS n (sku_id, place_id, need)
    WHERE l.sku_id = n.sku_id AND l.place_id = n.place_id
    RETURNING l.moved)
SELECT count(*) FROM given WHERE moved > 0;

-- name: given_levels
-- The levels of a set update of this transaction as it left them.
SELECT l.sku_id, l.place_id, l.on_hand, l.reserved, l.safety, l.sells_online, l.moved
FROM unnest($1::text::text[], $2::text::text[]) AS n (sku_id, place_id)
JOIN stock.level l ON l.sku_id = n.sku_id AND l.place_id = n.place_id;

-- name: all_have
-- Whether every level has its need free; a till may take the safety stock too. Nothing is locked.
SELECT count(*) = $4::int
FROM unnest($1::text::text[], $2::text::text[], $3::text::bigint[]) AS n (sku_id, place_id, need)
JOIN stock.level l ON l.sku_id = n.sku_id AND l.place_id = n.place_id
WHERE CASE WHEN $5 THEN l.on_hand - l.reserved ELSE l.on_hand - l.reserved - l.safety END >= n.need
  AND (l.sells_online OR $5);

-- name: take_what_left
-- Goods that left a shelf without asking: what is free goes down to nothing, what is reserved stays, moved tells how much.
UPDATE stock.level AS l
SET on_hand = greatest(l.on_hand - n.need, l.reserved), moved = l.on_hand - greatest(l.on_hand - n.need, l.reserved)
FROM unnest($1::text[], $2::text[], $3::bigint[]) AS n (sku_id, place_id, need)
WHERE l.sku_id = n.sku_id AND l.place_id = n.place_id
RETURNING l.sku_id, l.place_id, l.moved;

-- name: change_levels
-- For what is already decided (the CHECK judges it again): corrections, goods that leave a reservation or return to it.
UPDATE stock.level AS l
SET on_hand = l.on_hand + n.on_hand, reserved = l.reserved + n.reserved
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS n (sku_id, place_id, on_hand, reserved)
WHERE l.sku_id = n.sku_id AND l.place_id = n.place_id
RETURNING l.sku_id;

-- name: add_on_hand
-- Returned goods may come to a place that never had them.
INSERT INTO stock.level (sku_id, place_id, on_hand)
SELECT n.sku_id, n.place_id, n.quantity
FROM unnest($1::text[], $2::text[], $3::bigint[]) AS n (sku_id, place_id, quantity)
ORDER BY n.sku_id, n.place_id
ON CONFLICT (sku_id, place_id) DO UPDATE SET on_hand = level.on_hand + EXCLUDED.on_hand;

-- name: count_levels
-- A count below what is reserved, or one that changes nothing, does not come back. moved is the change.
INSERT INTO stock.level (sku_id, place_id, on_hand, safety, sells_online, moved)
SELECT n.sku_id, n.place_id, n.on_hand, coalesce(n.safety, l.safety, 0), coalesce(n.sells_online, l.sells_online, true),
       n.on_hand
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::boolean[])
     AS n (sku_id, place_id, on_hand, safety, sells_online)
LEFT JOIN stock.level l ON l.sku_id = n.sku_id AND l.place_id = n.place_id
ORDER BY n.sku_id, n.place_id
ON CONFLICT (sku_id, place_id) DO UPDATE
SET on_hand = EXCLUDED.on_hand, safety = EXCLUDED.safety, sells_online = EXCLUDED.sells_online,
    moved = EXCLUDED.on_hand - level.on_hand
WHERE level.reserved <= EXCLUDED.on_hand
  AND (level.on_hand, level.safety, level.sells_online) <> (EXCLUDED.on_hand, EXCLUDED.safety, EXCLUDED.sells_online)
RETURNING sku_id, place_id, moved, xmax = 0 AS is_new;

-- name: levels
SELECT sku_id, place_id, on_hand, reserved, safety, sells_online FROM stock.level
WHERE sku_id = ANY ($1::text[]) AND ($2::text[] IS NULL OR place_id = ANY ($2));

-- name: to_be_had
SELECT w.sku_id FROM unnest($1::text[]) AS w (sku_id)
WHERE EXISTS (SELECT FROM stock.level l WHERE l.sku_id = w.sku_id AND l.sells_online AND l.on_hand - l.reserved - l.safety > 0);

-- name: levels_at
SELECT l.sku_id, l.place_id, l.on_hand, l.reserved, l.safety, l.sells_online
FROM unnest($1::text[], $2::text[]) AS n (sku_id, place_id)
JOIN stock.level l ON l.sku_id = n.sku_id AND l.place_id = n.place_id;

-- name: levels_of_sku
SELECT sku_id, place_id, on_hand, reserved, safety, sells_online FROM stock.level
WHERE sku_id = $1 AND place_id > $2 ORDER BY place_id LIMIT $3;

-- name: levels_of_place
SELECT sku_id, place_id, on_hand, reserved, safety, sells_online FROM stock.level
WHERE place_id = $1 AND sku_id > $2 AND on_hand - reserved BETWEEN $4 AND $5 ORDER BY sku_id LIMIT $3;

-- name: reservations_of
SELECT document_id, line_id, sku_id, place_id, quantity, state, expires_at FROM stock.reservation
WHERE document_id = ANY ($1::text[]) ORDER BY document_id, line_id;

-- name: settle_reservations
-- The guard is the state and the time: what is past its time is neither kept nor taken, only released or expired (I18).
-- `= ANY` and not a join: no plan of it is slower than one pass, even before the table's first ANALYZE.
UPDATE stock.reservation AS r
SET state = $2::text, expires_at = NULL, settled_at = CASE WHEN $2::text = 'kept' THEN NULL ELSE $3::timestamptz END
WHERE r.document_id = ANY ($1::text[])
  AND ($4::text[] IS NULL OR r.line_id = ANY ($4))
  AND CASE $2::text
      WHEN 'kept' THEN r.state = 'active' AND r.expires_at > $3::timestamptz
      WHEN 'taken' THEN r.state = 'kept' OR (r.state = 'active' AND r.expires_at > $3::timestamptz)
      WHEN 'released' THEN r.state IN ('active', 'kept')
      WHEN 'expired' THEN r.state = 'active' AND r.expires_at <= $3::timestamptz
      END
RETURNING r.document_id, r.line_id, r.sku_id, r.place_id, r.quantity;

-- name: lower_reservations
-- Some pieces of a kept line are not wanted any more; the last of them ends the reservation with the quantity it had.
UPDATE stock.reservation AS r
SET quantity = CASE WHEN r.quantity > w.quantity THEN r.quantity - w.quantity ELSE r.quantity END,
    state = CASE WHEN r.quantity > w.quantity THEN 'kept' ELSE 'released' END,
    settled_at = CASE WHEN r.quantity > w.quantity THEN NULL ELSE $4::timestamptz END
FROM unnest($2::text[], $3::int[]) AS w (line_id, quantity)
WHERE r.document_id = $1 AND r.line_id = w.line_id AND r.state = 'kept' AND r.quantity >= w.quantity
RETURNING r.line_id, r.sku_id, r.place_id, w.quantity;

-- name: due_documents
SELECT DISTINCT document_id
FROM (SELECT document_id FROM stock.reservation WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2) AS due;

-- name: moved_lines
SELECT document_id, line_id, sku_id, place_id, change FROM stock.movement
WHERE document_id = ANY ($1::text[]) AND reason = $2;

-- name: sold_out
SELECT sku_id FROM stock.level WHERE sku_id = ANY ($1::text[])
GROUP BY sku_id HAVING sum(on_hand - reserved) <= 0 ORDER BY sku_id;
