-- name: lowest_before
-- The lowest price above zero at which each SKU was sold at some instant from $2 to $3, by the price history: regular prices in force, and
-- prices of phases ($4, each on from $5 until $6) while they were on. What such a phase, on at $3, asks now is left out:
-- it is the price that is compared.
SELECT s.sku_id, least(nullif(s.price_minor, 0), (
    SELECT min(p.minor) FROM catalog.price_change c
    CROSS JOIN LATERAL (VALUES (c.price_minor_before), (c.price_minor_after)) AS p (minor)
    WHERE c.sku_id = s.sku_id AND c.phase_id IS NULL AND c.changed_at > $2 AND p.minor > 0), (
    SELECT min(c.price_minor_after)
    FROM (SELECT h.phase_id, h.price_minor_after, h.changed_at,
                 lead(h.changed_at) OVER (PARTITION BY h.phase_id ORDER BY h.change_id) AS until
          FROM catalog.price_change h WHERE h.sku_id = s.sku_id AND h.phase_id = ANY($4::text[])) AS c
    JOIN unnest($4::text[], $5::timestamptz[], $6::timestamptz[]) AS w (phase_id, starts_at, ends_at) USING (phase_id)
    WHERE c.price_minor_after IS NOT NULL AND c.changed_at < least(w.ends_at, $3)
      AND coalesce(c.until, 'infinity') > greatest(w.starts_at, $2)
      AND (w.ends_at <= $3 OR c.until IS NOT NULL))) AS lowest_minor
FROM catalog.sku s WHERE s.sku_id = ANY($1::text[]);
