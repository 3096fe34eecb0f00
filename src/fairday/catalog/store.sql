-- name: skus
-- SKUs with what others need of their products; a phase price is written "price phase_id".
SELECT s.sku_id, s.product_id, s.merchant_id, p.name, p.name_en, s.options, s.gtin, s.price_minor,
       s.currency, p.category_id, p.brand, s.status, p.status AS product_status,
       coalesce(s.image, p.image) AS image, s.external_id, s.compare_at_minor,
       ARRAY(SELECT f.price_minor || ' ' || f.phase_id FROM catalog.phase_price f
             WHERE f.sku_id = s.sku_id ORDER BY f.phase_id) AS phase_prices
FROM catalog.sku s JOIN catalog.product p USING (product_id)
WHERE s.sku_id = ANY($1::text::text[]);

-- name: sku_ids_of_products
SELECT sku_id FROM catalog.sku WHERE product_id = ANY($1::text[]) ORDER BY sku_id;

-- name: live_sku_ids
SELECT sku_id, product_id FROM catalog.sku WHERE product_id = ANY($1::text[]) AND status = 'live';

-- name: live_skus_of_merchant
SELECT s.sku_id, s.external_id FROM catalog.sku s JOIN catalog.product p USING (product_id)
WHERE s.merchant_id = $1 AND s.external_id > $2 AND s.status = 'live' AND p.status = 'live'
ORDER BY s.external_id LIMIT $3;

-- name: sku_ids_by_gtin
-- One probe of the unique index a key: without statistics the planner would rather read all that the merchant has.
SELECT w.gtin14, s.sku_id
FROM unnest($2::text[]) AS w (gtin14)
CROSS JOIN LATERAL (
    SELECT sku_id FROM catalog.sku
    WHERE lpad(gtin, 14, '0') = w.gtin14 AND merchant_id = $1 AND gtin IS NOT NULL AND status <> 'archived'
    LIMIT 1) s;

-- name: sku_ids_by_external_id
SELECT w.external_id, s.sku_id
FROM unnest($2::text[]) AS w (external_id)
CROSS JOIN LATERAL (
    SELECT sku_id FROM catalog.sku WHERE merchant_id = $1 AND external_id = w.external_id LIMIT 1) s;

-- name: sku_ids_by_name
-- Names as people see them (the product's with the SKU's options), compared by width, Latin case and spaces; a name of two
-- SKUs is nobody's. IS TRUE keeps the list a hashed subplan: a join would walk it for every SKU of the merchant.
SELECT n.name, min(n.sku_id) AS sku_id
FROM (SELECT s.sku_id, translate(replace(normalize(p.name || coalesce(
                 (SELECT ' ' || string_agg(o.value, ' / ' ORDER BY o.place)
                  FROM json_each_text(s.options) WITH ORDINALITY AS o (key, value, place)), ''), NFKC), ' ', ''),
                 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') AS name
      FROM catalog.product p JOIN catalog.sku s USING (product_id)
      WHERE p.merchant_id = $1 AND p.status <> 'archived' AND s.status <> 'archived') AS n
WHERE (n.name IN (SELECT unnest($2::text[]))) IS TRUE
GROUP BY n.name HAVING count(*) = 1;

-- name: products
SELECT product_id, merchant_id, external_id, name, name_en, description, category_id, brand, image, status, tags,
       updated_at
FROM catalog.product WHERE product_id = ANY($1::text[]);

-- name: product_for_change
SELECT product_id, merchant_id, external_id, name, name_en, description, category_id, brand, image, status, tags,
       updated_at
FROM catalog.product WHERE product_id = $1 FOR UPDATE;

-- name: insert_product
INSERT INTO catalog.product (product_id, merchant_id, external_id, name, name_en, description, category_id, brand,
                             image, status, tags, search, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::text::tsvector, $13)
ON CONFLICT (merchant_id, external_id) DO NOTHING RETURNING product_id;

-- name: update_product
UPDATE catalog.product SET name = $2, name_en = $3, description = $4, category_id = $5, brand = $6, image = $7,
       status = $8, tags = $9, search = $10::text::tsvector, updated_at = $11
WHERE product_id = $1;

-- name: insert_skus
-- Rows that any unique key refuses are missing in the answer.
INSERT INTO catalog.sku (sku_id, product_id, merchant_id, external_id, options, gtin, price_minor, compare_at_minor,
                         currency, status, image, updated_at)
SELECT n.sku_id, $1, $2, n.external_id, n.options::json, n.gtin, n.price_minor, n.compare_at_minor, n.currency,
       n.status, n.image, $3
FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::text[], $11::text[],
            $12::text[]) AS n (sku_id, external_id, options, gtin, price_minor, compare_at_minor, currency, status, image)
ORDER BY n.external_id
ON CONFLICT DO NOTHING RETURNING sku_id;

-- name: sku_for_change
SELECT s.sku_id, s.product_id, s.merchant_id, s.external_id, s.options, s.gtin, s.price_minor, s.compare_at_minor,
       s.currency, s.status, s.image
FROM catalog.sku s WHERE s.sku_id = $1 FOR UPDATE;

-- name: update_sku
UPDATE catalog.sku SET options = $2, gtin = $3, price_minor = $4, compare_at_minor = $5, status = $6, image = $7,
       updated_at = $8
WHERE sku_id = $1;

-- name: set_phase_price
INSERT INTO catalog.phase_price (sku_id, phase_id, price_minor) VALUES ($1, $2, $3)
ON CONFLICT (sku_id, phase_id) DO UPDATE SET price_minor = excluded.price_minor;

-- name: phase_price
SELECT price_minor FROM catalog.phase_price WHERE sku_id = $1 AND phase_id = $2;

-- name: remove_phase_price
DELETE FROM catalog.phase_price WHERE sku_id = $1 AND phase_id = $2;

-- name: insert_price_changes
INSERT INTO catalog.price_change (sku_id, phase_id, price_minor_before, price_minor_after, changed_at)
SELECT c.sku_id, c.phase_id, c.before, c.after, $5
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS c (sku_id, phase_id, before, after);

-- name: price_changes
SELECT change_id, changed_at, phase_id, price_minor_before, price_minor_after FROM catalog.price_change
WHERE sku_id = $1 AND change_id < $2 ORDER BY change_id DESC LIMIT $3;

-- name: search
-- The newest ten thousand matches are ranked: that bounds a word that half the catalogue holds.
WITH found AS (
    SELECT product_id, name, search FROM catalog.product
    WHERE status = 'live' AND search @@ $1::text::tsquery
      AND ($2::text IS NULL OR merchant_id = $2) AND ($3::text IS NULL OR category_id = $3)
    ORDER BY product_id DESC LIMIT 10000
), ranked AS (
    SELECT product_id,
           (ts_rank('{0.02, 0.2, 0.4, 1.0}', search, $1::text::tsquery, 1) * 1000000)::bigint
           + CASE WHEN lower(name) = $4 THEN 2000000 WHEN starts_with(lower(name), $4) THEN 1000000 ELSE 0 END AS score
    FROM found
)
SELECT product_id, score FROM ranked
WHERE $5::bigint IS NULL OR (score, product_id) < ($5, $6::text)
ORDER BY score DESC, product_id DESC LIMIT $7;

-- name: newest
SELECT product_id FROM catalog.product WHERE status = 'live' AND product_id < $1
ORDER BY product_id DESC LIMIT $2;

-- name: newest_of_category
SELECT product_id FROM catalog.product
WHERE status = 'live' AND category_id = $1 AND ($2::text IS NULL OR merchant_id = $2) AND product_id < $3
ORDER BY product_id DESC LIMIT $4;

-- name: newest_of_merchant
SELECT product_id FROM catalog.product
WHERE merchant_id = $1 AND status = $2 AND product_id < $3
ORDER BY product_id DESC LIMIT $4;

-- name: products_by_gtin
SELECT DISTINCT p.product_id FROM catalog.sku s JOIN catalog.product p USING (product_id)
WHERE lpad(s.gtin, 14, '0') = $1 AND s.gtin IS NOT NULL AND s.status <> 'archived' AND p.status = 'live'
  AND ($2::text IS NULL OR s.merchant_id = $2) AND p.product_id < $3
ORDER BY p.product_id DESC LIMIT $4;

-- name: skus_count_of_product
SELECT count(*) FROM catalog.sku WHERE product_id = $1 AND status <> 'archived';

-- name: tags
SELECT product_id, tags FROM catalog.product WHERE product_id = ANY($1::text[]);

-- name: sample_sku_ids
SELECT s.sku_id FROM catalog.sku s JOIN catalog.product p USING (product_id)
WHERE s.status = 'live' AND p.status = 'live' AND s.currency = $1 AND ($2::text IS NULL OR s.merchant_id = $2)
  AND (cardinality($3::text[]) = 0 OR p.category_id = ANY($3::text[]))
ORDER BY s.sku_id LIMIT $4;

-- name: lowest_since
-- The lowest regular price in force at some instant since $2: what it was then, and what every later change made of it.
SELECT s.sku_id, least(s.price_minor, (
    SELECT min(least(nullif(c.price_minor_before, 0), nullif(c.price_minor_after, 0))) FROM catalog.price_change c
    WHERE c.sku_id = s.sku_id AND c.phase_id IS NULL AND c.changed_at > $2)) AS lowest_minor
FROM catalog.sku s WHERE s.sku_id = ANY($1::text[]);
