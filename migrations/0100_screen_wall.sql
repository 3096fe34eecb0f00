-- What a wall shows beside the totals: records, what sold out, where goods go, last year's curve, and frames to replay.

-- When the total of a currency first reached a round sum. Derived from the log like the totals; a rebuild makes it anew.
CREATE TABLE screen.record (
    currency char(3) NOT NULL,
    threshold_minor bigint NOT NULL CHECK (threshold_minor > 0),
    at timestamptz NOT NULL,
    PRIMARY KEY (currency, threshold_minor)
);

-- Seen when it happened: a rebuild keeps it, for stock is other today.
CREATE TABLE screen.sold_out (
    kind text NOT NULL CHECK (kind IN ('sku', 'coupon')),
    key text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (kind, key)
);
CREATE INDEX sold_out_newest ON screen.sold_out (at);

-- A sample of orders on their way, for the lines on the map; swept after a minute.
CREATE TABLE screen.flight (
    order_id text PRIMARY KEY,
    from_region_id text NOT NULL,
    to_region_id text NOT NULL,
    at timestamptz NOT NULL
);

-- The curve that a festival is measured against, minute by minute from the start of its first sale phase.
CREATE TABLE screen.baseline (
    festival_id text PRIMARY KEY,
    name text NOT NULL,
    name_en text NOT NULL,
    -- Minor units of the festival's currency, one number a minute.
    minute_sales bigint[] NOT NULL CHECK (0 <= ALL (minute_sales))
);

-- The totals as they were shown, for replay.
CREATE TABLE screen.frame (
    at timestamptz PRIMARY KEY,
    gmv_minor bigint NOT NULL CHECK (gmv_minor >= 0),
    body json NOT NULL
);
