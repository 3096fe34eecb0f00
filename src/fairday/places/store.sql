-- name: find_stores
SELECT store_id, merchant_id, region_id, mall_id, name, name_en, address, latitude, longitude, time_zone, hours, status,
       external_id, kind, closed_on
FROM places.store WHERE store_id = ANY ($1::text[]);

-- name: find_stores_by_external_id
SELECT external_id, store_id FROM places.store WHERE merchant_id = $1 AND external_id = ANY ($2::text[]);

-- name: list_stores
SELECT store_id, merchant_id, region_id, mall_id, name, name_en, address, latitude, longitude, time_zone, hours, status,
       external_id, kind, closed_on
FROM places.store
WHERE store_id > $1 AND ($2::text IS NULL OR merchant_id = $2) AND ($3::text IS NULL OR mall_id = $3)
  AND ($4::text IS NULL OR region_id = $4 OR starts_with(region_id, $4 || '-'))
ORDER BY store_id LIMIT $5;

-- name: near_in_ranges
-- Candidates in ranges of cells by great-circle distance in metres (haversine; $5 is twice the Earth's radius). The fences
-- (MATERIALIZED, OFFSET 0) keep the planner at one index scan a range, whatever it believes of the ranges' widths.
WITH candidate AS MATERIALIZED (
    SELECT s.store_id, s.latitude, s.longitude
    FROM unnest($1::bigint[], $2::bigint[]) AS r (low, high)
    CROSS JOIN LATERAL (
        SELECT store_id, latitude, longitude FROM places.store
        WHERE h3_cell BETWEEN r.low AND r.high AND status <> 'closed' OFFSET 0
    ) AS s
)
SELECT c.store_id, $5::float8 * asin(least(1, sqrt(
           sind((c.latitude - $3) / 2) ^ 2 + cosd($3) * cosd(c.latitude) * sind((c.longitude - $4) / 2) ^ 2))) AS distance_m
FROM candidate c ORDER BY distance_m, c.store_id LIMIT $6;

-- name: near_open_in_ranges
-- The same among stores that are open at $7 by their weekly hours.
WITH candidate AS MATERIALIZED (
    SELECT s.store_id, s.latitude, s.longitude
    FROM unnest($1::bigint[], $2::bigint[]) AS r (low, high)
    CROSS JOIN LATERAL (
        SELECT store_id, latitude, longitude FROM places.store
        WHERE h3_cell BETWEEN r.low AND r.high AND status = 'open' AND status <> 'closed'
          AND open_minutes @> places.minute_of_week($7, time_zone) OFFSET 0
    ) AS s
)
SELECT c.store_id, $5::float8 * asin(least(1, sqrt(
           sind((c.latitude - $3) / 2) ^ 2 + cosd($3) * cosd(c.latitude) * sind((c.longitude - $4) / 2) ^ 2))) AS distance_m
FROM candidate c ORDER BY distance_m, c.store_id LIMIT $6;

-- name: near_in_ranges_of_merchants
WITH candidate AS MATERIALIZED (
    SELECT s.store_id, s.latitude, s.longitude
    FROM unnest($7::text[]) AS m (merchant_id)
    CROSS JOIN unnest($1::bigint[], $2::bigint[]) AS r (low, high)
    CROSS JOIN LATERAL (
        SELECT store_id, latitude, longitude FROM places.store
        WHERE merchant_id = m.merchant_id AND h3_cell BETWEEN r.low AND r.high AND status <> 'closed' OFFSET 0
    ) AS s
)
SELECT c.store_id, $5::float8 * asin(least(1, sqrt(
           sind((c.latitude - $3) / 2) ^ 2 + cosd($3) * cosd(c.latitude) * sind((c.longitude - $4) / 2) ^ 2))) AS distance_m
FROM candidate c ORDER BY distance_m, c.store_id LIMIT $6;

-- name: near_open_in_ranges_of_merchants
WITH candidate AS MATERIALIZED (
    SELECT s.store_id, s.latitude, s.longitude
    FROM unnest($8::text[]) AS m (merchant_id)
    CROSS JOIN unnest($1::bigint[], $2::bigint[]) AS r (low, high)
    CROSS JOIN LATERAL (
        SELECT store_id, latitude, longitude FROM places.store
        WHERE merchant_id = m.merchant_id AND h3_cell BETWEEN r.low AND r.high AND status = 'open' AND status <> 'closed'
          AND open_minutes @> places.minute_of_week($7, time_zone) OFFSET 0
    ) AS s
)
SELECT c.store_id, $5::float8 * asin(least(1, sqrt(
           sind((c.latitude - $3) / 2) ^ 2 + cosd($3) * cosd(c.latitude) * sind((c.longitude - $4) / 2) ^ 2))) AS distance_m
FROM candidate c ORDER BY distance_m, c.store_id LIMIT $6;

-- name: near_among
SELECT s.store_id, $4::float8 * asin(least(1, sqrt(
           sind((s.latitude - $2) / 2) ^ 2 + cosd($2) * cosd(s.latitude) * sind((s.longitude - $3) / 2) ^ 2))) AS distance_m
FROM places.store s
WHERE s.store_id = ANY ($1::text[]) AND s.status <> 'closed'
  AND ($6::timestamptz IS NULL OR (s.status = 'open' AND s.open_minutes @> places.minute_of_week($6, s.time_zone)))
ORDER BY distance_m, s.store_id LIMIT $5;

-- name: upsert_stores
-- A row comes back for each store made (is_new) or changed; one that is the same already gives none.
INSERT INTO places.store AS old (store_id, merchant_id, external_id, region_id, mall_id, kind, name, name_en, address, latitude,
    longitude, time_zone, hours, open_minutes, closed_on, status, h3_cell)
SELECT d.store_id, $1, d.external_id, d.region_id, d.mall_id, d.kind, d.name, d.name_en, d.address, d.latitude, d.longitude,
       d.time_zone, d.hours::jsonb, d.open_minutes::int4multirange, string_to_array(d.closed_on, ' ')::date[], d.status, d.h3_cell
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::float8[],
            $11::float8[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::bigint[])
     AS d (store_id, external_id, region_id, mall_id, kind, name, name_en, address, latitude, longitude, time_zone, hours,
           open_minutes, closed_on, status, h3_cell)
ORDER BY d.external_id
ON CONFLICT (merchant_id, external_id) DO UPDATE
SET region_id = excluded.region_id, mall_id = excluded.mall_id, kind = excluded.kind, name = excluded.name,
    name_en = excluded.name_en, address = excluded.address, latitude = excluded.latitude, longitude = excluded.longitude,
    time_zone = excluded.time_zone, hours = excluded.hours, open_minutes = excluded.open_minutes, closed_on = excluded.closed_on, status = excluded.status,
    h3_cell = excluded.h3_cell
WHERE (old.region_id, old.mall_id, old.kind, old.name, old.name_en, old.address, old.latitude, old.longitude, old.time_zone,
       old.hours, old.closed_on, old.status)
      IS DISTINCT FROM
      (excluded.region_id, excluded.mall_id, excluded.kind, excluded.name, excluded.name_en, excluded.address, excluded.latitude,
       excluded.longitude, excluded.time_zone, excluded.hours, excluded.closed_on, excluded.status)
RETURNING store_id, external_id, (xmax = 0) AS is_new;

-- name: list_regions
SELECT region_id, parent_id, kind, name, name_en, national_code FROM places.region ORDER BY region_id;

-- name: find_regions
SELECT region_id, parent_id, kind, name, name_en FROM places.region WHERE region_id = ANY ($1::text[]);

-- name: insert_region
INSERT INTO places.region (region_id, parent_id, kind, name, name_en) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (region_id) DO NOTHING RETURNING region_id;

-- name: insert_mall
INSERT INTO places.mall (mall_id, external_id, region_id, name, name_en, address, latitude, longitude)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (external_id) DO NOTHING RETURNING mall_id;

-- name: find_malls
SELECT mall_id, region_id, name, name_en, address, latitude, longitude, external_id FROM places.mall
WHERE mall_id = ANY ($1::text[]);

-- name: find_malls_by_external_id
SELECT external_id, mall_id FROM places.mall WHERE external_id = ANY ($1::text[]);

-- name: list_malls
SELECT mall_id, region_id, name, name_en, address, latitude, longitude, external_id FROM places.mall
WHERE mall_id > $1 ORDER BY mall_id LIMIT $2;
