-- Sales over time, kept by a reaction that reads the event log, in quarters of an hour: every time zone's hours and days begin
-- at one. All of it can be rebuilt from the log.
CREATE SCHEMA reports;

-- merchant_id '' is the whole; the rows of merchants split the same orders by who sold the lines. store_id '' is online.
CREATE TABLE reports.quarter (
    currency char(3) NOT NULL,
    merchant_id text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL CHECK (at = date_bin('15 min', at, '2000-01-01 00:00:00+00')),
    channel text NOT NULL,
    store_id text COLLATE "C" NOT NULL,
    gmv_minor bigint NOT NULL CHECK (gmv_minor >= 0),
    orders_count bigint NOT NULL CHECK (orders_count >= 0),
    units_count bigint NOT NULL CHECK (units_count >= 0),
    refunded_minor bigint NOT NULL CHECK (refunded_minor >= 0),
    PRIMARY KEY (currency, merchant_id, at, channel, store_id)
) WITH (fillfactor = 70);

-- Coupons by who issued them, '' for the platform.
CREATE TABLE reports.coupon_quarter (
    merchant_id text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    claims_count bigint NOT NULL CHECK (claims_count >= 0),
    redemptions_count bigint NOT NULL CHECK (redemptions_count >= 0),
    PRIMARY KEY (merchant_id, at)
) WITH (fillfactor = 70);

-- Drilling from a bar to its orders reads by time of payment: BRIN costs the hot table next to nothing.
CREATE INDEX purchase_paid_at ON orders.purchase USING brin (paid_at) WITH (pages_per_range = 32);
