-- name: insert_return
INSERT INTO returns.goods_return (return_id, order_id, part_no, merchant_id, currency, status, is_handed_over, reason, note,
                                  refund_minor, claw_backs, asked_by, requested_at)
VALUES ($1, $2, $3, $4, $5, 'requested', $6, $7, $8, $9, $10, $11, $12);

-- name: insert_lines
INSERT INTO returns.line (return_id, order_id, line_no, name, name_en, quantity, paid_minor, refund_minor)
SELECT $1, $2, * FROM unnest($3::int[], $4::text[], $5::text[], $6::int[], $7::bigint[], $8::bigint[]);

-- name: order_of
SELECT order_id FROM returns.goods_return WHERE return_id = $1;

-- name: returns_of_order
SELECT r.* FROM returns.goods_return r
WHERE r.order_id = $1 ORDER BY r.return_id;

-- name: lines_of
SELECT return_id, line_no, name, name_en, quantity, paid_minor, refund_minor FROM returns.line
WHERE return_id = ANY ($1::text[]) ORDER BY return_id, line_no;

-- name: page_of_merchant
SELECT r.* FROM returns.goods_return r
WHERE r.merchant_id = $1 AND r.return_id < $2 AND ($3::text IS NULL OR r.status = $3)
ORDER BY r.return_id DESC LIMIT $4;

-- name: refund
UPDATE returns.goods_return
SET status = 'refunded', closed_at = $2, wallet_minor = $3, cash_minor = $4, claw_backs = $5, offers = $6
WHERE return_id = $1 AND status = 'requested' RETURNING return_id;

-- name: close
UPDATE returns.goods_return SET status = $2, closed_at = $3, answer = $4
WHERE return_id = $1 AND status = 'requested' RETURNING return_id;
