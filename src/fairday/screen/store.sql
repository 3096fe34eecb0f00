-- name: count_orders
INSERT INTO screen.counted_order (order_id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING RETURNING order_id;

-- name: add_totals
INSERT INTO screen.total AS t (currency, dimension, key, gmv_minor, refunded_minor, orders_count, quantity)
SELECT n.currency, n.dimension, n.key, n.gmv_minor, n.refunded_minor, n.orders_count, n.quantity
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
     AS n (currency, dimension, key, gmv_minor, refunded_minor, orders_count, quantity)
ON CONFLICT (currency, dimension, key) DO UPDATE
SET gmv_minor = t.gmv_minor + excluded.gmv_minor, refunded_minor = t.refunded_minor + excluded.refunded_minor,
    orders_count = t.orders_count + excluded.orders_count, quantity = t.quantity + excluded.quantity
RETURNING currency, dimension, gmv_minor;

-- name: add_seconds
INSERT INTO screen.second AS s (currency, at, gmv_minor, orders_count)
SELECT n.currency, n.at, n.gmv_minor, n.orders_count
FROM unnest($1::text[], $2::timestamptz[], $3::bigint[], $4::bigint[]) AS n (currency, at, gmv_minor, orders_count)
ON CONFLICT (currency, at) DO UPDATE
SET gmv_minor = s.gmv_minor + excluded.gmv_minor, orders_count = s.orders_count + excluded.orders_count
RETURNING currency, at, orders_count;

-- name: raise_peaks
-- The earliest of equal peaks stands, whatever order they were counted in.
INSERT INTO screen.peak AS p (currency, orders_per_s, at)
SELECT n.currency, n.orders_per_s, n.at FROM unnest($1::text[], $2::bigint[], $3::timestamptz[]) AS n (currency, orders_per_s, at)
ON CONFLICT (currency) DO UPDATE SET orders_per_s = excluded.orders_per_s, at = excluded.at
WHERE (excluded.orders_per_s, p.at) > (p.orders_per_s, excluded.at);

-- name: add_counters
INSERT INTO screen.counter AS c (name, count) SELECT n.name, n.count FROM unnest($1::text[], $2::bigint[]) AS n (name, count)
ON CONFLICT (name) DO UPDATE SET count = c.count + excluded.count;

-- name: move_as_of
UPDATE screen.state SET as_of = greatest(as_of, $1);

-- name: look
UPDATE screen.state SET looked_at = clock_timestamp();

-- name: forget
WITH a AS (DELETE FROM screen.total), b AS (DELETE FROM screen.second), c AS (DELETE FROM screen.peak),
     d AS (DELETE FROM screen.counter), e AS (DELETE FROM screen.counted_order),
     f AS (DELETE FROM screen.record)
UPDATE screen.state SET as_of = NULL;

-- name: state
SELECT as_of, extract(epoch FROM clock_timestamp() - looked_at)::float8 AS looked_age_s FROM screen.state;

-- name: main_currency
SELECT currency FROM screen.total WHERE dimension = 'all' ORDER BY orders_count DESC, currency LIMIT 1;

-- name: wholes
SELECT dimension, key, gmv_minor, refunded_minor, orders_count FROM screen.total
WHERE currency = $1 AND dimension IN ('all', 'channel', 'province');

-- name: top
SELECT key, gmv_minor, orders_count, quantity FROM screen.total
WHERE currency = $1 AND dimension = $2 AND key <> '' ORDER BY gmv_minor DESC, key LIMIT $3;

-- name: buckets
SELECT date_bin('10 s', at, '2000-01-01 00:00:00+00') AS start, sum(gmv_minor)::bigint AS gmv_minor,
       sum(orders_count)::bigint AS orders_count
FROM screen.second WHERE currency = $1 AND at >= $2 AND at <= $3 GROUP BY 1 ORDER BY 1;

-- name: orders_between
SELECT coalesce(sum(orders_count), 0)::bigint FROM screen.second WHERE currency = $1 AND at >= $2 AND at < $3;

-- name: peak
SELECT orders_per_s, at FROM screen.peak WHERE currency = $1;

-- name: counters
SELECT name, count FROM screen.counter;

-- name: of_merchant
SELECT key AS merchant_id, currency, gmv_minor, refunded_minor, orders_count, quantity FROM screen.total
WHERE currency IN (SELECT currency FROM screen.total WHERE dimension = 'all') AND dimension = 'merchant' AND key = $1
ORDER BY currency;

-- name: add_records
INSERT INTO screen.record (currency, threshold_minor, at)
SELECT n.currency, n.threshold_minor, n.at FROM unnest($1::text[], $2::bigint[], $3::timestamptz[]) AS n (currency, threshold_minor, at)
ON CONFLICT DO NOTHING;

-- name: records
SELECT threshold_minor, at FROM screen.record WHERE currency = $1 ORDER BY threshold_minor DESC LIMIT $2;

-- name: add_sold_out
INSERT INTO screen.sold_out (kind, key, at) SELECT $1, unnest($2::text[]), $3 ON CONFLICT DO NOTHING;

-- name: sold_out
SELECT kind, key, at FROM screen.sold_out WHERE at > $1 ORDER BY at DESC LIMIT $2;

-- name: add_flights
INSERT INTO screen.flight (order_id, from_region_id, to_region_id, at)
SELECT n.order_id, n.from_region_id, n.to_region_id, $4
FROM unnest($1::text[], $2::text[], $3::text[]) AS n (order_id, from_region_id, to_region_id)
ON CONFLICT DO NOTHING;

-- name: flights
SELECT from_region_id, to_region_id, count(*) AS count FROM screen.flight WHERE at > $1
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT $2;

-- name: sweep_flights
DELETE FROM screen.flight WHERE at < $1;

-- name: set_baseline
INSERT INTO screen.baseline (festival_id, name, name_en, minute_sales) VALUES ($1, $2, $3, $4)
ON CONFLICT (festival_id) DO UPDATE
SET name = excluded.name, name_en = excluded.name_en, minute_sales = excluded.minute_sales;

-- name: baseline
-- Only the minutes that are asked for travel, and the sum of those before them.
SELECT name, name_en, minute_sales[$2 + 1 : $3 + 1] AS minute_sales,
       (SELECT coalesce(sum(m), 0)::bigint FROM unnest(minute_sales[1 : $2]) AS m) AS before_minor
FROM screen.baseline WHERE festival_id = $1;

-- name: add_frame
INSERT INTO screen.frame (at, gmv_minor, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: newest_frame
SELECT body FROM screen.frame ORDER BY at DESC LIMIT 1;

-- name: frames
SELECT at, body FROM screen.frame WHERE at >= $1 ORDER BY at LIMIT $2;

-- name: sweep_frames
DELETE FROM screen.frame WHERE at < $1;
