-- name: insert_return
INSERT INTO returns.goods_return (return_id, order_id, part_no, merchant_id, status, is_handed_over, reason, note, refund_minor,
                                  claw_backs, asked_by, requested_at)
VALUES ($1, $2, $3, $4, 'requested', $5, $6, $7, $8, $9, $10, $11);

-- name: insert_lines
INSERT INTO returns.line (return_id, order_id, line_no, quantity, paid_minor, refund_minor)
SELECT $1, $2, * FROM unnest($3::int[], $4::int[], $5::bigint[], $6::bigint[]);

-- name: order_of
SELECT order_id FROM returns.goods_return WHERE return_id = $1;

-- name: returns_of_order
SELECT r.*, p.currency FROM returns.goods_return r JOIN orders.purchase p USING (order_id)
WHERE r.order_id = $1 ORDER BY r.return_id;

-- name: lines_of
SELECT b.return_id, b.line_no, b.quantity, b.paid_minor, b.refund_minor, l.name, l.name_en
FROM returns.line b JOIN orders.line l ON l.order_id = b.order_id AND l.line_no = b.line_no
WHERE b.return_id = ANY ($1::text[]) ORDER BY b.return_id, b.line_no;

-- name: page_of_merchant
SELECT r.*, p.currency FROM returns.goods_return r JOIN orders.purchase p USING (order_id)
WHERE r.merchant_id = $1 AND r.return_id < $2 AND ($3::text IS NULL OR r.status = $3)
ORDER BY r.return_id DESC LIMIT $4;

-- name: refund
UPDATE returns.goods_return
SET status = 'refunded', closed_at = $2, wallet_minor = $3, cash_minor = $4, claw_backs = $5, offers = $6
WHERE return_id = $1 AND status = 'requested' RETURNING return_id;

-- name: close
UPDATE returns.goods_return SET status = $2, closed_at = $3, answer = $4
WHERE return_id = $1 AND status = 'requested' RETURNING return_id;
