-- How many pieces of a product were paid for lately: by day, so that a day can be forgotten when it is old, and in all, which
-- is what search sorts by. Both move in one statement; a refund counts against the day of its sale.
CREATE TABLE catalog.sold_on (
    day date NOT NULL,
    product_id text NOT NULL REFERENCES catalog.product,
    pieces bigint NOT NULL,
    PRIMARY KEY (day, product_id)
) WITH (fillfactor = 80);

CREATE TABLE catalog.sold (
    product_id text PRIMARY KEY REFERENCES catalog.product,
    pieces bigint NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX sold_best ON catalog.sold (pieces, product_id);
