-- A line keeps the English name under which its goods were sold beside the one of the shop's own language; null where they
-- had none then. Names are copied and not looked up: an order tells what was sold even after the product has another name.
ALTER TABLE orders.line ADD COLUMN name_en text CHECK (name_en ~ '\S');

-- Lines of before: those whose goods still have the name under which they were sold are told in English too.
UPDATE orders.line AS l SET name_en = g.name_en
FROM (
    SELECT s.sku_id, p.name || o.said AS name, p.name_en || o.said AS name_en
    FROM catalog.sku s
    JOIN catalog.product p USING (product_id),
        LATERAL (SELECT coalesce(' ' || string_agg(value, ' / '), '') AS said FROM json_each_text(s.options)) AS o
    WHERE p.name_en ~ '\S'
) AS g
WHERE g.sku_id = l.sku_id AND g.name = l.name;
