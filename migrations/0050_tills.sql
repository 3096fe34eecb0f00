-- Tills: devices that were paired, shifts with their cash, what was redeemed and sold there, and by whom (R41).
CREATE SCHEMA tills;

CREATE TABLE tills.till (
    till_id text PRIMARY KEY,
    merchant_id text NOT NULL,
    store_id text NOT NULL,
    external_id text CHECK (length(external_id) BETWEEN 1 AND 64),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    pos_prices boolean NOT NULL,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed')),
    last_number bigint NOT NULL DEFAULT 0 CHECK (last_number >= 0),
    made_at timestamptz NOT NULL,
    UNIQUE (merchant_id, external_id)
) WITH (fillfactor = 50);
CREATE INDEX till_of_store ON tills.till (merchant_id, store_id, till_id);

-- Only hashes: a code is shown once.
CREATE TABLE tills.setup_code (
    code_hash bytea PRIMARY KEY CHECK (length(code_hash) = 32),
    till_id text NOT NULL REFERENCES tills.till,
    made_by text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE TABLE tills.device (
    device_id text PRIMARY KEY,
    till_id text NOT NULL REFERENCES tills.till,
    account_id text NOT NULL UNIQUE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    paired_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CHECK (revoked_at >= paired_at)
);
CREATE UNIQUE INDEX device_live ON tills.device (till_id) WHERE revoked_at IS NULL;
CREATE INDEX device_of_till ON tills.device (till_id, device_id);

CREATE TABLE tills.shift (
    shift_id text PRIMARY KEY,
    till_id text NOT NULL REFERENCES tills.till,
    store_id text NOT NULL,
    merchant_id text NOT NULL,
    clerk_id text NOT NULL,
    clerk_name text NOT NULL,
    session_id text NOT NULL,
    currency char(3) NOT NULL,
    opening_cash_minor bigint NOT NULL CHECK (opening_cash_minor >= 0),
    expected_cash_minor bigint NOT NULL,
    counted_cash_minor bigint CHECK (counted_cash_minor >= 0),
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by text,
    CHECK ((closed_at IS NULL) = (counted_cash_minor IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL))
) WITH (fillfactor = 60);
CREATE UNIQUE INDEX shift_open ON tills.shift (till_id) WHERE closed_at IS NULL;
CREATE INDEX shift_of_merchant ON tills.shift (merchant_id, shift_id);

-- Wrong setup codes by address, in windows of time.
CREATE TABLE tills.attempt (
    subject text NOT NULL,
    window_at timestamptz NOT NULL,
    attempt_count integer NOT NULL CHECK (attempt_count >= 0),
    PRIMARY KEY (subject, window_at)
) WITH (fillfactor = 70);

-- Which claims a till was shown by their codes: only those may it use by id.
CREATE TABLE tills.prepared (
    till_id text NOT NULL,
    claim_id text NOT NULL,
    member_id text NOT NULL,
    prepared_at timestamptz NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (till_id, claim_id)
);

-- A pay code pays once: (member, step) names one code.
CREATE TABLE tills.pay_code_use (
    member_id text NOT NULL,
    step bigint NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (member_id, step)
);

-- What was redeemed at which till by whom; the claim's own state is the coupons room's.
CREATE TABLE tills.redemption (
    redemption_id text PRIMARY KEY,
    claim_id text NOT NULL,
    coupon_id text NOT NULL,
    merchant_id text NOT NULL,
    store_id text NOT NULL,
    till_id text NOT NULL,
    shift_id text NOT NULL,
    clerk_id text NOT NULL,
    receipt_id text NOT NULL CHECK (length(receipt_id) BETWEEN 1 AND 64),
    currency char(3) NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    basket json NOT NULL,
    code_hash bytea CHECK (length(code_hash) = 16),
    redeemed_at timestamptz NOT NULL,
    reversed_at timestamptz,
    reversed_by text,
    reverse_reason text CHECK (length(reverse_reason) <= 200),
    UNIQUE (till_id, receipt_id, claim_id),
    CHECK ((reversed_at IS NULL) = (reversed_by IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX redemption_of_till ON tills.redemption (till_id, redemption_id);
CREATE INDEX redemption_of_merchant ON tills.redemption (merchant_id, redemption_id);

CREATE TABLE tills.sale (
    sale_id text PRIMARY KEY,
    till_id text NOT NULL,
    receipt_id text NOT NULL CHECK (length(receipt_id) BETWEEN 1 AND 64),
    receipt_number bigint NOT NULL CHECK (receipt_number > 0),
    body_hash bytea NOT NULL CHECK (length(body_hash) = 16),
    merchant_id text NOT NULL,
    store_id text NOT NULL,
    shift_id text NOT NULL,
    clerk_id text NOT NULL,
    order_id text NOT NULL UNIQUE,
    member_id text,
    claim_ids text[] NOT NULL,
    currency char(3) NOT NULL,
    gross_minor bigint NOT NULL CHECK (gross_minor >= 0),
    discount_minor bigint NOT NULL CHECK (discount_minor >= 0),
    total_minor bigint NOT NULL CHECK (total_minor >= 0),
    wallet_minor bigint NOT NULL CHECK (wallet_minor >= 0),
    cash_minor bigint NOT NULL CHECK (cash_minor >= 0),
    tendered_minor bigint NOT NULL,
    change_minor bigint NOT NULL CHECK (change_minor >= 0),
    lines json NOT NULL,
    sold_at timestamptz NOT NULL,
    undone_at timestamptz,
    undone_by text,
    undone_shift_id text,
    UNIQUE (till_id, receipt_id),
    UNIQUE (till_id, receipt_number),
    CONSTRAINT sale_price CHECK (gross_minor - discount_minor = total_minor),
    CONSTRAINT sale_tenders CHECK (wallet_minor + cash_minor = total_minor),
    CONSTRAINT sale_change CHECK (tendered_minor - change_minor = cash_minor),
    CHECK ((undone_at IS NULL) = (undone_by IS NULL)),
    CHECK ((undone_at IS NULL) = (undone_shift_id IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX sale_of_till ON tills.sale (till_id, sale_id);
CREATE INDEX sale_of_merchant ON tills.sale (merchant_id, sale_id);
CREATE INDEX sale_of_shift ON tills.sale (shift_id);
