-- name: plan_for_growth
-- A plan made while the tables were empty would read them whole for ever; an import makes them grow under it.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true);

-- name: known_products
-- One probe of the unique index a key: without statistics the planner would rather read all that the merchant has.
SELECT p.*
FROM unnest($2::text[]) AS w (external_id)
CROSS JOIN LATERAL (
    SELECT product_id, external_id, name, name_en, description, category_id, brand, image, status, tags
    FROM catalog.product WHERE merchant_id = $1 AND external_id = w.external_id LIMIT 1) p;

-- name: known_skus
SELECT s.*
FROM unnest($2::text[]) AS w (external_id)
CROSS JOIN LATERAL (
    SELECT sku_id, product_id, external_id, options::text AS options, gtin, price_minor, compare_at_minor, currency, status,
           image
    FROM catalog.sku WHERE merchant_id = $1 AND external_id = w.external_id LIMIT 1) s;

-- name: gtin_holders
SELECT w.gtin14, s.external_id
FROM unnest($2::text[]) AS w (gtin14)
CROSS JOIN LATERAL (
    SELECT external_id FROM catalog.sku
    WHERE lpad(gtin, 14, '0') = w.gtin14 AND merchant_id = $1 AND gtin IS NOT NULL AND status <> 'archived'
    LIMIT 1) s;

-- name: insert_products
-- Tags come one a line: an array of arrays would have to be rectangular.
INSERT INTO catalog.product (product_id, merchant_id, external_id, name, name_en, description, category_id, brand, image,
                             status, tags, search, updated_at)
SELECT n.product_id, $1, n.external_id, n.name, n.name_en, n.description, n.category_id, n.brand, n.image, n.status,
       coalesce(string_to_array(n.tags, E'\n'), '{}'), n.search::tsvector, $2
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
            $12::text[], $13::text[])
     AS n (product_id, external_id, name, name_en, description, category_id, brand, image, status, tags, search)
ON CONFLICT DO NOTHING;

-- name: update_products
UPDATE catalog.product p
SET name = n.name, name_en = n.name_en, description = n.description, category_id = n.category_id, brand = n.brand,
    image = n.image, status = n.status, tags = coalesce(string_to_array(n.tags, E'\n'), '{}'),
    search = n.search::tsvector, updated_at = $1
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
            $11::text[])
     AS n (product_id, name, name_en, description, category_id, brand, image, status, tags, search)
WHERE p.product_id = n.product_id;

-- name: import_skus
INSERT INTO catalog.sku (sku_id, product_id, merchant_id, external_id, options, gtin, price_minor, compare_at_minor,
                         currency, status, image, updated_at)
SELECT n.sku_id, n.product_id, $1, n.external_id, n.options::json, n.gtin, n.price_minor, n.compare_at_minor, n.currency,
       n.status, n.image, $2
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::text[],
            $11::text[], $12::text[])
     AS n (sku_id, product_id, external_id, options, gtin, price_minor, compare_at_minor, currency, status, image)
ON CONFLICT DO NOTHING;

-- name: update_skus
UPDATE catalog.sku s
SET product_id = n.product_id, options = n.options::json, gtin = n.gtin, price_minor = n.price_minor,
    compare_at_minor = n.compare_at_minor, currency = n.currency, status = n.status, image = n.image, updated_at = $1
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::text[])
     AS n (sku_id, product_id, options, gtin, price_minor, compare_at_minor, currency, status, image)
WHERE s.sku_id = n.sku_id;
