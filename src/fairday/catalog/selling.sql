-- name: add_sold
WITH n AS (
    SELECT * FROM unnest($1::date[], $2::text[], $3::bigint[]) AS n (day, product_id, pieces)
), days AS (
    INSERT INTO catalog.sold_on (day, product_id, pieces)
    SELECT day, product_id, sum(pieces) FROM n GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (day, product_id) DO UPDATE SET pieces = sold_on.pieces + excluded.pieces
)
INSERT INTO catalog.sold (product_id, pieces)
SELECT product_id, sum(pieces) FROM n GROUP BY 1 ORDER BY 1
ON CONFLICT (product_id) DO UPDATE SET pieces = sold.pieces + excluded.pieces;

-- name: one_at_a_time
-- Counting and forgetting touch the same rows in another order.
SELECT pg_advisory_xact_lock(hashtext('catalog.sold'));

-- name: forget_before
WITH gone AS (
    DELETE FROM catalog.sold_on WHERE day < $1 RETURNING product_id, pieces
), sums AS (
    SELECT product_id, sum(pieces)::bigint AS pieces FROM gone GROUP BY 1
)
UPDATE catalog.sold AS s SET pieces = s.pieces - g.pieces FROM sums g WHERE s.product_id = g.product_id
RETURNING s.product_id;

-- name: sold
SELECT product_id, pieces FROM catalog.sold WHERE product_id = ANY ($1::text[]);

-- name: by_sold
-- The newest matches, and those among the best sold of all that match, in order of what was sold of them.
WITH found AS (
    (SELECT product_id FROM catalog.product
     WHERE status = 'live' AND ($1::text IS NULL OR search @@ $1::tsquery)
       AND ($2::text IS NULL OR merchant_id = $2) AND ($3::text IS NULL OR category_id = $3)
     ORDER BY product_id DESC LIMIT $4)
    UNION
    SELECT p.product_id
    FROM (SELECT product_id FROM catalog.sold WHERE pieces > 0 ORDER BY pieces DESC, product_id DESC LIMIT $4) AS b
    JOIN catalog.product p USING (product_id)
    WHERE p.status = 'live' AND ($1::text IS NULL OR p.search @@ $1::tsquery)
      AND ($2::text IS NULL OR p.merchant_id = $2) AND ($3::text IS NULL OR p.category_id = $3)
), counted AS (
    SELECT f.product_id, greatest(coalesce(s.pieces, 0), 0) AS key FROM found f LEFT JOIN catalog.sold s USING (product_id)
)
SELECT key, product_id FROM counted
WHERE $5::bigint IS NULL OR (key, product_id) < ($5, $6::text)
ORDER BY key DESC, product_id DESC LIMIT $7;
