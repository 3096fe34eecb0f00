-- name: order_rows
SELECT order_id, member_id, channel, status, currency, gross_minor, discount_minor, total_minor, wallet_minor, cash_minor,
       region_id, store_id, till_id, clerk_id, receipt_id, claim_ids, placed_at, expires_at, paid_at, closed_at, reason,
       refunded_minor, returns_count
FROM orders.purchase WHERE order_id = ANY ($1::text[]);

-- name: part_rows
SELECT order_id, part_no, merchant_id, status, fulfilment, gross_minor, net_minor, merchant_funded_minor,
       platform_funded_minor, brand_funded_minor, commission_minor, payable_minor, fulfilled_at, refunded_minor
FROM orders.merchant_order WHERE order_id = ANY ($1::text[]) ORDER BY order_id, part_no;

-- name: line_rows
SELECT order_id, line_no, part_no, sku_id, name, merchant_id, store_id, quantity, unit_minor, gross_minor, net_minor, allocations,
       name_en, returned_quantity, asked_back_quantity
FROM orders.line WHERE order_id = ANY ($1::text[]) ORDER BY order_id, line_no;

-- name: trace
SELECT owner_id, total_minor, trace FROM orders.purchase WHERE order_id = $1;

-- name: member_page
SELECT order_id, NULL AS merchant_order_id, channel, status, currency, total_minor, placed_at, member_id, store_id
FROM orders.purchase WHERE owner_id = $1 AND order_id < $2 ORDER BY order_id DESC LIMIT $3;

-- name: merchant_page
SELECT m.order_id, m.part_no, p.channel, m.status, p.currency, m.net_minor AS total_minor, m.placed_at, p.member_id, p.store_id
FROM orders.merchant_order m JOIN orders.purchase p USING (order_id)
WHERE m.merchant_id = $1 AND (m.placed_at, m.order_id) < ($2, $3)
ORDER BY m.placed_at DESC, m.order_id DESC LIMIT $4;

-- name: receipts
SELECT r.till_id, r.receipt_id, r.order_id FROM orders.receipt r
JOIN unnest($1::text[], $2::text[]) AS w (till_id, receipt_id) USING (till_id, receipt_id);

-- name: insert_receipts
INSERT INTO orders.receipt (till_id, receipt_id, order_id)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS r (till_id, receipt_id, order_id)
ORDER BY till_id, receipt_id
ON CONFLICT DO NOTHING
RETURNING 1;

-- name: move_to_paid
-- The guard holds the time too: a payment after it is too late (R69).
UPDATE orders.purchase AS p
SET status = 'paid', paid_at = $2, wallet_minor = p.total_minor
FROM unnest($1::text[]) AS w (order_id)
WHERE p.order_id = w.order_id AND p.status = 'pending_payment' AND p.expires_at > $2
RETURNING p.order_id;

-- name: move_to_cancelled
UPDATE orders.purchase AS p
SET status = 'cancelled', closed_at = $2, reason = w.reason
FROM unnest($1::text[], $3::text[]) AS w (order_id, reason)
WHERE p.order_id = w.order_id AND p.status = 'pending_payment'
RETURNING p.order_id;

-- name: move_to_refunded
-- Only what has not left, or what a till takes back itself; where pieces came back already, returns take the rest.
UPDATE orders.purchase AS p
SET status = 'refunded', closed_at = $2, reason = w.reason, refunded_minor = p.total_minor
FROM unnest($1::text[], $3::text[]) AS w (order_id, reason)
WHERE p.order_id = w.order_id AND p.returns_count = 0
  AND (p.status = 'paid' AND p.fulfilled_count = 0 OR p.status = 'fulfilled' AND p.channel = 'in_store')
RETURNING p.order_id;

-- name: move_parts
UPDATE orders.merchant_order AS m
SET status = $2, refunded_minor = CASE WHEN $2 = 'refunded' THEN m.net_minor ELSE 0 END
FROM unnest($1::text[]) AS w (order_id)
WHERE m.order_id = w.order_id;

-- name: fulfil_part
UPDATE orders.merchant_order SET status = 'fulfilled', fulfilled_at = $3
WHERE order_id = $1 AND part_no = $2 AND status = 'paid'
RETURNING order_id;

-- name: count_fulfilled
UPDATE orders.purchase
SET fulfilled_count = fulfilled_count + 1,
    status = CASE WHEN fulfilled_count + 1 = part_count THEN 'fulfilled' ELSE status END
WHERE order_id = $1 AND status = 'paid'
RETURNING status;

-- name: lock
SELECT order_id FROM orders.purchase WHERE order_id = $1 FOR UPDATE;

-- name: ask_pieces_back
UPDATE orders.line AS l SET asked_back_quantity = l.asked_back_quantity + w.quantity
FROM unnest($2::int[], $3::int[]) AS w (line_no, quantity)
WHERE l.order_id = $1 AND l.line_no = w.line_no
  AND l.asked_back_quantity + w.quantity BETWEEN 0 AND l.quantity - l.returned_quantity
RETURNING l.line_no;

-- name: take_pieces_back
UPDATE orders.line AS l
SET asked_back_quantity = l.asked_back_quantity - w.quantity, returned_quantity = l.returned_quantity + w.quantity,
    refunded_minor = l.refunded_minor + w.refund_minor
FROM unnest($2::int[], $3::int[], $4::bigint[]) AS w (line_no, quantity, refund_minor)
WHERE l.order_id = $1 AND l.line_no = w.line_no AND l.asked_back_quantity >= w.quantity
RETURNING l.line_no;

-- name: take_all_back
UPDATE orders.line SET returned_quantity = quantity, refunded_minor = net_minor WHERE order_id = ANY ($1::text[]);

-- name: count_return
UPDATE orders.purchase SET returns_count = returns_count + 1 WHERE order_id = $1;

-- name: refund_part
UPDATE orders.merchant_order
SET refunded_minor = refunded_minor + $3, status = CASE WHEN $4 THEN 'refunded' ELSE status END
WHERE order_id = $1 AND part_no = $2;

-- name: refund_order
-- A part that is back whole needs no handing over any more; the order is as far as the parts that stay.
UPDATE orders.purchase AS p
SET refunded_minor = p.refunded_minor + $2, status = s.status, fulfilled_count = s.settled,
    closed_at = CASE WHEN s.status = 'refunded' THEN $3::timestamptz END,
    reason = CASE WHEN s.status = 'refunded' THEN 'returned' END
FROM (
    SELECT count(*) FILTER (WHERE m.status IN ('fulfilled', 'refunded')) AS settled,
           CASE WHEN bool_and(m.status = 'refunded') THEN 'refunded'
                WHEN bool_and(m.status IN ('fulfilled', 'refunded')) THEN 'fulfilled' ELSE 'paid' END AS status
    FROM orders.merchant_order m WHERE m.order_id = $1
) AS s
WHERE p.order_id = $1 AND p.status IN ('paid', 'fulfilled')
RETURNING p.status;

-- name: unpaid_past
SELECT order_id FROM orders.purchase
WHERE status = 'pending_payment' AND expires_at <= $1 ORDER BY expires_at LIMIT $2;

-- name: sales
SELECT (m.placed_at AT TIME ZONE $4)::date AS day, l.store_id, p.channel, p.currency,
       count(DISTINCT m.order_id) FILTER (WHERE m.status <> 'refunded') AS order_count,
       coalesce(sum(l.quantity - l.returned_quantity) FILTER (WHERE m.status <> 'refunded'), 0)::bigint AS unit_count,
       coalesce(sum(l.gross_minor - l.gross_minor * l.returned_quantity / l.quantity)
                FILTER (WHERE m.status <> 'refunded'), 0)::bigint AS gross_minor,
       coalesce(sum(l.net_minor - l.refunded_minor) FILTER (WHERE m.status <> 'refunded'), 0)::bigint AS net_minor,
       coalesce(sum(l.refunded_minor), 0)::bigint AS refunded_minor
FROM orders.merchant_order m
JOIN orders.line l ON l.order_id = m.order_id AND l.part_no = m.part_no
JOIN orders.purchase p ON p.order_id = m.order_id
WHERE m.merchant_id = $1 AND m.placed_at >= $2 AND m.placed_at < $3
  AND m.status IN ('paid', 'fulfilled', 'refunded')
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;

-- name: recent
SELECT p.order_id, p.channel, p.store_id, p.region_id,
       CASE WHEN p.member_id IS NOT NULL THEN (
           SELECT count(*) FROM orders.purchase b
           WHERE b.owner_id = p.owner_id AND b.order_id < p.order_id AND b.status IN ('paid', 'fulfilled')) END AS order_count,
       ARRAY(SELECT l.sku_id FROM orders.line l WHERE l.order_id = p.order_id ORDER BY l.line_no) AS sku_ids,
       ARRAY(SELECT l.quantity FROM orders.line l WHERE l.order_id = p.order_id ORDER BY l.line_no) AS quantities
FROM orders.purchase p
WHERE p.currency = $1 AND p.status IN ('paid', 'fulfilled')
  AND ($2::text IS NULL OR EXISTS (
      SELECT FROM orders.merchant_order m WHERE m.order_id = p.order_id AND m.merchant_id = $2))
ORDER BY p.order_id DESC
LIMIT $3;

-- name: counts_of
SELECT owner_id, count(*) AS count FROM orders.purchase
WHERE owner_id = ANY($1::text[]) AND status IN ('paid', 'fulfilled') GROUP BY owner_id;
