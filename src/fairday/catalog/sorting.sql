-- name: by_price
-- The newest matches are priced as of the open phases, each by its cheapest live SKU, and put in order.
WITH found AS (
    SELECT product_id FROM catalog.product
    WHERE status = 'live' AND ($1::text IS NULL OR search @@ $1::tsquery)
      AND ($2::text IS NULL OR merchant_id = $2) AND ($3::text IS NULL OR category_id = $3)
    ORDER BY product_id DESC LIMIT $4
), priced AS (
    SELECT f.product_id, $6 * min(least(s.price_minor, (
        SELECT min(p.price_minor) FROM catalog.phase_price p
        WHERE p.sku_id = s.sku_id AND p.phase_id = ANY ($5::text[])))) AS key
    FROM found f JOIN catalog.sku s ON s.product_id = f.product_id AND s.status = 'live'
    GROUP BY f.product_id
)
SELECT key, product_id FROM priced
WHERE $7::bigint IS NULL OR (key, product_id) > ($7, $8::text)
ORDER BY key, product_id LIMIT $9;
