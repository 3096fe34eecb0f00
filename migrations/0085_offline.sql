-- Tills without network: leases with slices of coupons, each device's log, what was used in it, breaks and their bearers.
-- Everything a sync writes is keyed by the device; a lease's slices stay with the lease.
CREATE SCHEMA offline;

-- What the operator agreed with a merchant, and what a merchant allows its tills; a lease gets the smaller of both.
CREATE TABLE offline.terms (
    merchant_id text COLLATE "C" PRIMARY KEY,
    face_max_minor bigint NOT NULL CHECK (face_max_minor >= 0),
    count_max integer NOT NULL CHECK (count_max >= 0),
    value_max_minor bigint NOT NULL CHECK (value_max_minor >= 0),
    lease_s integer NOT NULL CHECK (lease_s BETWEEN 300 AND 43200),
    bearer text NOT NULL CHECK (bearer IN ('merchant', 'platform')),
    made_by text NOT NULL,
    made_at timestamptz NOT NULL
);

CREATE TABLE offline.till_limits (
    till_id text COLLATE "C" PRIMARY KEY,
    face_max_minor bigint NOT NULL CHECK (face_max_minor >= 0),
    count_max integer NOT NULL CHECK (count_max >= 0),
    value_max_minor bigint NOT NULL CHECK (value_max_minor >= 0),
    lease_s integer NOT NULL CHECK (lease_s BETWEEN 300 AND 43200),
    made_by text NOT NULL,
    made_at timestamptz NOT NULL
);

-- The end of each device's log. Whoever applies records moves it first, by a guarded update: one at a time a device.
CREATE TABLE offline.log (
    device_id text COLLATE "C" PRIMARY KEY,
    till_id text NOT NULL,
    merchant_id text NOT NULL,
    last_seq bigint NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
    head_hash bytea NOT NULL CHECK (length(head_hash) = 32),
    last_happened_at timestamptz,
    opened_at timestamptz NOT NULL
) WITH (fillfactor = 60);

CREATE TABLE offline.lease (
    lease_id text COLLATE "C" PRIMARY KEY,
    device_id text COLLATE "C" NOT NULL REFERENCES offline.log,
    till_id text NOT NULL,
    store_id text NOT NULL,
    merchant_id text NOT NULL,
    currency char(3) NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'returned', 'expired')),
    face_max_minor bigint NOT NULL CHECK (face_max_minor >= 0),
    count_max integer NOT NULL CHECK (count_max >= 0),
    value_max_minor bigint NOT NULL CHECK (value_max_minor >= 0),
    lease_s integer NOT NULL,
    granted_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    closed_at timestamptz,
    used_count integer NOT NULL DEFAULT 0,
    used_minor bigint NOT NULL DEFAULT 0,
    CHECK (expires_at > granted_at),
    CHECK ((state = 'open') = (closed_at IS NULL)),
    CONSTRAINT lease_within_count CHECK (used_count BETWEEN 0 AND count_max),
    CONSTRAINT lease_within_value CHECK (used_minor BETWEEN 0 AND value_max_minor)
) WITH (fillfactor = 60);
CREATE UNIQUE INDEX lease_open ON offline.lease (device_id) WHERE state = 'open';
CREATE INDEX lease_due ON offline.lease (expires_at) WHERE state = 'open';
CREATE INDEX lease_of_merchant ON offline.lease (merchant_id, lease_id);

-- A lease's slice of a coupon. `escrow_minor` was set aside in the coupon's row; it is 0 where the budget covers every claim.
CREATE TABLE offline.slice (
    lease_id text COLLATE "C" NOT NULL REFERENCES offline.lease,
    coupon_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    count_max integer NOT NULL CHECK (count_max >= 0),
    value_max_minor bigint NOT NULL CHECK (value_max_minor >= 0),
    escrow_minor bigint NOT NULL CHECK (escrow_minor >= 0),
    used_count integer NOT NULL DEFAULT 0,
    used_minor bigint NOT NULL DEFAULT 0,
    escrow_spent_minor bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (lease_id, coupon_id),
    CONSTRAINT slice_within_count CHECK (used_count BETWEEN 0 AND count_max),
    CONSTRAINT slice_within_value CHECK (used_minor BETWEEN 0 AND value_max_minor),
    CONSTRAINT slice_within_escrow CHECK (escrow_spent_minor BETWEEN 0 AND escrow_minor)
) WITH (fillfactor = 60);

-- The log as the device wrote it; the text is what was hashed.
CREATE TABLE offline.record (
    device_id text COLLATE "C" NOT NULL REFERENCES offline.log,
    seq bigint NOT NULL CHECK (seq > 0),
    lease_id text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('sale', 'redemption', 'undo', 'note')),
    prev_hash bytea NOT NULL CHECK (length(prev_hash) = 32),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    body text NOT NULL,
    state text NOT NULL CHECK (state IN ('applied', 'flagged')),
    reason text,
    flags text[] NOT NULL,
    receipt_id text,
    sale_id text,
    receipt_number bigint,
    use_count smallint NOT NULL CHECK (use_count >= 0),
    happened_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (device_id, seq),
    CONSTRAINT hash_of_body CHECK (hash = sha256(prev_hash || convert_to(body, 'UTF8'))),
    CHECK ((state = 'flagged') = (reason IS NOT NULL))
);
CREATE INDEX record_of_receipt ON offline.record (device_id, receipt_id) WHERE receipt_id IS NOT NULL;

-- Each coupon that a record used, and what became of it.
CREATE TABLE offline.use (
    device_id text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    place smallint NOT NULL CHECK (place >= 0),
    lease_id text COLLATE "C" NOT NULL,
    claim_id text COLLATE "C",
    coupon_id text COLLATE "C",
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    outcome text NOT NULL CHECK (outcome IN ('effective', 'conflict', 'flagged')),
    reason text,
    redemption_id text,
    break_id text,
    -- Whether it counts against the lease's floor limits.
    is_counted boolean NOT NULL DEFAULT false,
    PRIMARY KEY (device_id, seq, place),
    FOREIGN KEY (device_id, seq) REFERENCES offline.record DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT effective_or_break CHECK (
        CASE outcome WHEN 'effective' THEN redemption_id IS NOT NULL AND reason IS NULL AND break_id IS NULL
        ELSE redemption_id IS NULL AND reason IS NOT NULL AND break_id IS NOT NULL END
    )
);

-- Records of another branch of a device's log: a clone, or a restored copy. Kept as they came, never applied.
CREATE TABLE offline.fork (
    device_id text COLLATE "C" NOT NULL REFERENCES offline.log,
    seq bigint NOT NULL CHECK (seq > 0),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    prev_hash bytea NOT NULL CHECK (length(prev_hash) = 32),
    body text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (device_id, seq, hash),
    CONSTRAINT hash_of_body CHECK (hash = sha256(prev_hash || convert_to(body, 'UTF8')))
);

-- Logs that were refused because their chain does not verify, each named once.
CREATE TABLE offline.refused_log (
    device_id text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    lease_id text NOT NULL,
    merchant_id text NOT NULL,
    refused_at timestamptz NOT NULL,
    PRIMARY KEY (device_id, seq, hash)
);

CREATE TABLE offline.redemption_break (
    break_id text COLLATE "C" PRIMARY KEY,
    device_id text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    -- -1 stands for the whole record, where it used no coupon.
    place smallint NOT NULL CHECK (place >= -1),
    fork_hash bytea,
    kind text NOT NULL CHECK (kind IN ('conflict', 'flagged')),
    reason text NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'resolved', 'voided')),
    merchant_id text COLLATE "C" NOT NULL,
    store_id text NOT NULL,
    till_id text NOT NULL,
    clerk_id text,
    receipt_id text,
    currency char(3) NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    receipt_total_minor bigint NOT NULL,
    -- Whom the break was posted to, and who bears it now.
    posted_to text NOT NULL CHECK (posted_to IN ('merchant', 'platform')),
    bearer text NOT NULL CHECK (bearer IN ('merchant', 'platform')),
    claim_id text,
    coupon_id text,
    posting_id text,
    first_store_id text,
    first_order_id text,
    first_used_at timestamptz,
    happened_at timestamptz NOT NULL,
    booked_at timestamptz NOT NULL,
    decision text CHECK (decision IN ('accept_loss', 'charge', 'write_off')),
    note text CHECK (length(note) <= 200),
    resolved_by text,
    resolved_at timestamptz,
    CHECK ((amount_minor > 0) = (posting_id IS NOT NULL)),
    CHECK ((state = 'resolved') = (decision IS NOT NULL)),
    CHECK ((decision IS NULL) = (note IS NULL) AND (decision IS NULL) = (resolved_by IS NULL)),
    CHECK ((state = 'open') = (resolved_at IS NULL))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX break_of_use ON offline.redemption_break (device_id, seq, place, (coalesce(fork_hash, '\x')));
CREATE INDEX break_of_merchant ON offline.redemption_break (merchant_id, break_id);
CREATE INDEX break_open ON offline.redemption_break (merchant_id, booked_at) WHERE state = 'open';

CREATE FUNCTION offline.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the logs of tills are append-only: % on offline.% is refused', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON offline.record
    FOR EACH STATEMENT EXECUTE FUNCTION offline.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON offline.fork
    FOR EACH STATEMENT EXECUTE FUNCTION offline.refuse_change();
