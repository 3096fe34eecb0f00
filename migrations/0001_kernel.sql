-- The kernel's own tables: the clock, the event log with its cursors, and the answers kept for idempotency keys.

CREATE TABLE kernel.clock (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    jump interval NOT NULL DEFAULT '0'
);
INSERT INTO kernel.clock DEFAULT VALUES;

CREATE TABLE kernel.outbox (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    id bigint GENERATED ALWAYS AS IDENTITY (CACHE 100),
    event_id text NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    merchant_id text,
    happened_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    data json NOT NULL,
    PRIMARY KEY (xid, id)
);

CREATE TABLE kernel.cursor (
    consumer text PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT '0',
    id bigint NOT NULL DEFAULT 0,
    moved_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

CREATE TABLE kernel.parked_event (
    consumer text NOT NULL,
    xid xid8 NOT NULL,
    id bigint NOT NULL,
    event_id text NOT NULL,
    error text NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, xid, id)
);

CREATE TABLE kernel.idempotency (
    -- Of principal, route and key: sixteen bytes make a smaller index than three texts.
    digest bytea PRIMARY KEY CHECK (length(digest) = 16),
    body_hash bytea NOT NULL,
    status smallint NOT NULL,
    body bytea NOT NULL,
    made_at timestamptz NOT NULL
);
CREATE INDEX idempotency_made_at ON kernel.idempotency USING brin (made_at);
