-- Orders, the merchants' parts of them, their lines, and the receipts of till sales.
-- All tables are keyed by the order id, which is ordered by time: inserts touch the last page of each key only, and on
-- a distributed database an order with its parts and lines stays on one shard. Only a person's own list and a
-- merchant's own list have an index of their own. Receipts are keyed by the till, which is what makes them scarce.
CREATE SCHEMA orders;

CREATE TABLE orders.purchase (
    order_id text COLLATE "C" PRIMARY KEY,
    -- Whose list it stands in: the member, or the store for a walk-in.
    owner_id text COLLATE "C" NOT NULL,
    member_id text COLLATE "C",
    channel text NOT NULL,
    status text NOT NULL,
    currency char(3) NOT NULL,
    gross_minor bigint NOT NULL,
    discount_minor bigint NOT NULL,
    total_minor bigint NOT NULL,
    wallet_minor bigint NOT NULL,
    cash_minor bigint NOT NULL,
    region_id text,
    store_id text COLLATE "C",
    till_id text COLLATE "C",
    clerk_id text,
    receipt_id text COLLATE "C",
    claim_ids text[] NOT NULL,
    placed_at timestamptz NOT NULL,
    expires_at timestamptz,
    paid_at timestamptz,
    closed_at timestamptz,
    reason text,
    -- The priced cart: pricing it again gives the same total (R2, I24).
    trace json NOT NULL,
    part_count smallint NOT NULL,
    -- Counted here so that fulfilling and cancelling are decided on one row.
    fulfilled_count smallint NOT NULL,
    CONSTRAINT purchase_parts CHECK (part_count > 0 AND fulfilled_count BETWEEN 0 AND part_count),
    CONSTRAINT purchase_adds_up CHECK (
        total_minor >= 0 AND discount_minor >= 0 AND gross_minor - discount_minor = total_minor
    ),
    CONSTRAINT purchase_tenders CHECK (
        wallet_minor >= 0 AND cash_minor >= 0
        AND wallet_minor + cash_minor = CASE WHEN paid_at IS NULL THEN 0 ELSE total_minor END
    ),
    CONSTRAINT purchase_owner CHECK (owner_id = coalesce(member_id, store_id)),
    CONSTRAINT purchase_channel CHECK (
        channel = 'online' AND member_id IS NOT NULL
        OR channel = 'in_store' AND store_id IS NOT NULL AND till_id IS NOT NULL AND receipt_id IS NOT NULL
    ),
    CONSTRAINT purchase_status CHECK (
        CASE status
            WHEN 'pending_payment' THEN paid_at IS NULL AND expires_at IS NOT NULL AND closed_at IS NULL
            WHEN 'paid' THEN paid_at IS NOT NULL AND closed_at IS NULL
            WHEN 'fulfilled' THEN paid_at IS NOT NULL AND closed_at IS NULL AND fulfilled_count = part_count
            WHEN 'cancelled' THEN paid_at IS NULL AND closed_at IS NOT NULL AND reason IS NOT NULL
            WHEN 'refunded' THEN paid_at IS NOT NULL AND closed_at IS NOT NULL AND reason IS NOT NULL
            ELSE false
        END
    )
) WITH (fillfactor = 80);
CREATE INDEX purchase_owner_list ON orders.purchase (owner_id, order_id);
CREATE INDEX purchase_unpaid ON orders.purchase (expires_at) WHERE status = 'pending_payment';

CREATE TABLE orders.merchant_order (
    order_id text COLLATE "C" NOT NULL,
    part_no smallint NOT NULL,
    merchant_id text COLLATE "C" NOT NULL,
    status text NOT NULL,
    fulfilment text NOT NULL CHECK (fulfilment IN ('pickup', 'delivery', 'in_store')),
    gross_minor bigint NOT NULL,
    net_minor bigint NOT NULL,
    merchant_funded_minor bigint NOT NULL,
    platform_funded_minor bigint NOT NULL,
    brand_funded_minor bigint NOT NULL,
    commission_minor bigint NOT NULL,
    payable_minor bigint NOT NULL,
    placed_at timestamptz NOT NULL,
    PRIMARY KEY (order_id, part_no),
    CONSTRAINT part_adds_up CHECK (
        net_minor >= 0 AND merchant_funded_minor >= 0 AND platform_funded_minor >= 0 AND brand_funded_minor >= 0
        AND gross_minor = net_minor + merchant_funded_minor + platform_funded_minor + brand_funded_minor
    ),
    CONSTRAINT part_is_shared CHECK (
        commission_minor >= 0 AND payable_minor >= 0
        AND gross_minor - merchant_funded_minor = commission_minor + payable_minor
    ),
    CONSTRAINT part_status CHECK (
        status IN ('pending_payment', 'paid', 'fulfilled', 'cancelled', 'refunded')
    )
) WITH (fillfactor = 80);
CREATE INDEX merchant_order_list ON orders.merchant_order (merchant_id, placed_at, order_id);

CREATE TABLE orders.line (
    order_id text COLLATE "C" NOT NULL,
    line_no smallint NOT NULL,
    part_no smallint NOT NULL,
    sku_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    merchant_id text COLLATE "C" NOT NULL,
    store_id text COLLATE "C" NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    unit_minor bigint NOT NULL,
    gross_minor bigint NOT NULL,
    net_minor bigint NOT NULL,
    -- [{claim_id, coupon_id, version, amount_minor, platform_minor, merchant_minor, brand_minor, brand}].
    allocations json NOT NULL,
    PRIMARY KEY (order_id, line_no),
    -- A till may give the price of the whole line (weighed goods): its unit is rounded down (I21).
    CONSTRAINT line_gross CHECK (unit_minor >= 0 AND gross_minor - unit_minor * quantity BETWEEN 0 AND quantity - 1),
    CONSTRAINT line_net CHECK (net_minor BETWEEN 0 AND gross_minor)
);

CREATE TABLE orders.receipt (
    till_id text COLLATE "C" NOT NULL,
    receipt_id text COLLATE "C" NOT NULL,
    order_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (till_id, receipt_id)
);
