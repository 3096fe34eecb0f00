-- name: paid_orders
SELECT order_id, NULL::smallint AS part_no, channel, status, currency, total_minor, placed_at, member_id, store_id, paid_at
FROM orders.purchase
WHERE paid_at >= $1 AND paid_at < $2 AND ($3::text IS NULL OR channel = $3) AND ($4::text IS NULL OR store_id = $4)
  AND (paid_at, order_id) < ($5, $6)
ORDER BY paid_at DESC, order_id DESC LIMIT $7;

-- name: paid_parts
SELECT p.order_id, m.part_no, p.channel, m.status, p.currency, m.net_minor AS total_minor, p.placed_at, p.member_id, p.store_id,
       p.paid_at
FROM orders.purchase p JOIN orders.merchant_order m ON m.order_id = p.order_id AND m.merchant_id = $8
WHERE p.paid_at >= $1 AND p.paid_at < $2 AND ($3::text IS NULL OR p.channel = $3) AND ($4::text IS NULL OR p.store_id = $4)
  AND (p.paid_at, p.order_id) < ($5, $6)
ORDER BY p.paid_at DESC, p.order_id DESC LIMIT $7;
