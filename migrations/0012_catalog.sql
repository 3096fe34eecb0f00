-- What may be bought. Keys: a SKU is read by its id; external ids and GTINs name things inside one merchant.

CREATE SCHEMA catalog;

CREATE TABLE catalog.product (
    product_id text PRIMARY KEY,
    merchant_id text NOT NULL,
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 64),
    name text NOT NULL CHECK (name ~ '\S' AND length(name) <= 300),
    name_en text CHECK (length(name_en) BETWEEN 1 AND 300),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 4000),
    category_id text CHECK (length(category_id) BETWEEN 1 AND 120),
    brand text CHECK (length(brand) <= 120),
    image text CHECK (length(image) <= 1000),
    status text NOT NULL CHECK (status IN ('draft', 'live', 'archived')),
    tags text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) <= 20),
    search tsvector NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (merchant_id, external_id)
) WITH (fillfactor = 90);

-- Only what is live is found by everyone, so drafts cost the search index nothing. A larger pending list makes a bulk
-- import merge its words in fewer, larger steps.
CREATE INDEX product_search ON catalog.product USING gin (search) WITH (gin_pending_list_limit = 16384)
    WHERE status = 'live';
CREATE INDEX product_newest ON catalog.product (product_id) WHERE status = 'live';
CREATE INDEX product_of_category ON catalog.product (category_id, product_id)
    WHERE status = 'live' AND category_id IS NOT NULL;
CREATE INDEX product_of_merchant ON catalog.product (merchant_id, product_id);

CREATE TABLE catalog.sku (
    sku_id text PRIMARY KEY,
    product_id text NOT NULL REFERENCES catalog.product,
    merchant_id text NOT NULL,
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 64),
    -- json and not jsonb: the order of the options is the order in which people read them.
    options json NOT NULL DEFAULT '{}' CHECK (json_typeof(options) = 'object'),
    gtin text CHECK (gtin ~ '^([0-9]{8}|[0-9]{12,14})$'),
    price_minor bigint NOT NULL CHECK (price_minor BETWEEN 0 AND 100000000000000),
    compare_at_minor bigint CHECK (compare_at_minor > price_minor),
    currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    status text NOT NULL CHECK (status IN ('draft', 'live', 'archived')),
    image text CHECK (length(image) <= 1000),
    updated_at timestamptz NOT NULL,
    UNIQUE (merchant_id, external_id),
    CONSTRAINT live_has_price CHECK (status <> 'live' OR price_minor > 0)
) WITH (fillfactor = 80);

CREATE INDEX sku_of_product ON catalog.sku (product_id);
-- GTIN-8, UPC-12 and EAN-13 are the same numbers as the GTIN-14 that zeros fill up to.
CREATE UNIQUE INDEX sku_gtin ON catalog.sku (lpad(gtin, 14, '0'), merchant_id)
    WHERE gtin IS NOT NULL AND status <> 'archived';

CREATE TABLE catalog.phase_price (
    sku_id text NOT NULL REFERENCES catalog.sku,
    phase_id text NOT NULL,
    price_minor bigint NOT NULL CHECK (price_minor BETWEEN 1 AND 100000000000000),
    PRIMARY KEY (sku_id, phase_id)
) WITH (fillfactor = 80);

CREATE TABLE catalog.price_change (
    change_id bigint GENERATED ALWAYS AS IDENTITY (CACHE 100),
    sku_id text NOT NULL,
    phase_id text,
    price_minor_before bigint,
    price_minor_after bigint,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (sku_id, change_id),
    CHECK (price_minor_before IS DISTINCT FROM price_minor_after)
);

CREATE FUNCTION catalog.refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the price history is not edited';
END $$;
CREATE TRIGGER price_change_is_final BEFORE UPDATE OR DELETE ON catalog.price_change
    FOR EACH STATEMENT EXECUTE FUNCTION catalog.refuse_edit();
