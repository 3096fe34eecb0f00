-- Numbers of price changes follow the order in which they happened: with a cache, each connection counted on in its own
-- hundred. A change takes its number while it holds its SKU, so of one SKU the highest is the newest; changed_at, the instant
-- at which its transaction began, is not when it waited for another.
ALTER TABLE catalog.price_change ALTER COLUMN change_id SET CACHE 1;
