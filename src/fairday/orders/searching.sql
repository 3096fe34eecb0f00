-- name: parts_of_orders
SELECT m.order_id, m.part_no, p.channel, m.status, p.currency, m.net_minor AS total_minor, m.placed_at, p.member_id, p.store_id
FROM orders.merchant_order m JOIN orders.purchase p USING (order_id)
WHERE m.merchant_id = $1 AND m.order_id = ANY ($2::text[])
ORDER BY m.placed_at DESC, m.order_id DESC LIMIT $3;

-- name: ids_by_ending
-- Walks the index of the merchant's list, and only so far: an index of endings would be paid for by every sale.
SELECT order_id FROM (
    SELECT order_id FROM orders.merchant_order WHERE merchant_id = $1
    ORDER BY placed_at DESC, order_id DESC LIMIT $3) AS newest
WHERE right(order_id, length($2::text)) = $2 LIMIT $4;

-- name: ids_by_receipt
-- Steps from till to till in the primary key, so that a receipt is found without knowing its till.
WITH RECURSIVE tills AS (
    SELECT min(till_id COLLATE "C") AS till_id FROM orders.receipt
    UNION ALL
    SELECT (SELECT min(r.till_id COLLATE "C") FROM orders.receipt r WHERE r.till_id > t.till_id) FROM tills t
    WHERE t.till_id IS NOT NULL)
SELECT r.order_id FROM tills t JOIN orders.receipt r ON r.till_id = t.till_id AND r.receipt_id = $2
WHERE EXISTS (SELECT FROM orders.merchant_order m WHERE m.order_id = r.order_id AND m.merchant_id = $1)
LIMIT $3;

-- name: ids_by_members
SELECT p.order_id FROM orders.purchase p
WHERE p.owner_id = ANY ($2::text[])
  AND EXISTS (SELECT FROM orders.merchant_order m WHERE m.order_id = p.order_id AND m.merchant_id = $1)
ORDER BY p.order_id DESC LIMIT $3;
