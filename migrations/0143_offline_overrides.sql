-- What supervisors allowed beyond the floor limits of a till without network, and what somebody only said they allowed (R41).
CREATE TABLE offline.override (
    device_id text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    override_id text COLLATE "C" NOT NULL UNIQUE,
    merchant_id text COLLATE "C" NOT NULL,
    store_id text NOT NULL,
    till_id text NOT NULL,
    clerk_id text NOT NULL,
    receipt_id text NOT NULL,
    -- As typed at the till; the account stands beside it when its PIN was right.
    supervisor_login text NOT NULL CHECK (length(supervisor_login) <= 64),
    supervisor_id text,
    reason text NOT NULL CHECK (reason ~ '\S' AND length(reason) <= 200),
    state text NOT NULL CHECK (state IN ('granted', 'not_needed', 'refused')),
    currency char(3) NOT NULL,
    -- What went beyond the limits by it.
    use_count smallint NOT NULL CHECK (use_count >= 0),
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    happened_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (device_id, seq),
    FOREIGN KEY (device_id, seq) REFERENCES offline.record DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT granted_by_somebody CHECK ((state = 'refused') = (supervisor_id IS NULL)),
    CONSTRAINT only_granted_counts CHECK ((state = 'granted') = (use_count > 0) AND (use_count > 0) = (amount_minor > 0))
);
CREATE INDEX override_of_merchant ON offline.override (merchant_id, override_id);
ALTER TABLE offline.use ADD COLUMN is_overridden boolean NOT NULL DEFAULT false;
ALTER TABLE offline.use ADD CONSTRAINT beyond_the_limits_is_not_counted CHECK (NOT (is_overridden AND is_counted));
