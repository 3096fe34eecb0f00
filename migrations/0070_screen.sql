-- Live totals, kept by a reaction that reads the event log. All of it can be rebuilt from the log.

CREATE SCHEMA screen;

-- One row for each thing that is counted: dimension all, channel, province, store, merchant, product. Upserts go in key order.
CREATE TABLE screen.total (
    currency char(3) NOT NULL,
    dimension text NOT NULL CHECK (dimension IN ('all', 'channel', 'province', 'store', 'merchant', 'product')),
    key text NOT NULL,
    gmv_minor bigint NOT NULL CHECK (gmv_minor >= 0),
    refunded_minor bigint NOT NULL CHECK (refunded_minor >= 0),
    orders_count bigint NOT NULL CHECK (orders_count >= 0),
    quantity bigint NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (currency, dimension, key)
) WITH (fillfactor = 50);

CREATE TABLE screen.second (
    currency char(3) NOT NULL,
    at timestamptz NOT NULL CHECK (at = date_trunc('second', at)),
    gmv_minor bigint NOT NULL CHECK (gmv_minor >= 0),
    orders_count bigint NOT NULL CHECK (orders_count > 0),
    PRIMARY KEY (currency, at)
) WITH (fillfactor = 70);

CREATE TABLE screen.peak (
    currency char(3) PRIMARY KEY,
    orders_per_s bigint NOT NULL CHECK (orders_per_s > 0),
    at timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE screen.counter (
    name text PRIMARY KEY CHECK (name IN ('claims', 'redemptions', 'members')),
    count bigint NOT NULL CHECK (count >= 0)
) WITH (fillfactor = 50);

-- An order counts once, however often it is announced as paid.
CREATE TABLE screen.counted_order (order_id text PRIMARY KEY);

CREATE TABLE screen.state (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    as_of timestamptz,
    looked_at timestamptz
) WITH (fillfactor = 50);
INSERT INTO screen.state DEFAULT VALUES;

-- What the screen has shown as sold never goes down: refunds are shown apart. A rebuild deletes and inserts.
CREATE FUNCTION screen.refuse_fall() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published total does not fall: % %', OLD.dimension, OLD.key;
END $$;
CREATE TRIGGER total_never_falls BEFORE UPDATE ON screen.total FOR EACH ROW
    WHEN (NEW.gmv_minor < OLD.gmv_minor OR NEW.orders_count < OLD.orders_count OR NEW.refunded_minor < OLD.refunded_minor)
    EXECUTE FUNCTION screen.refuse_fall();
