-- Webhooks: who wants to hear what, the messages, and one ordered row per message and endpoint.
-- Times of delivery are the database's real clock, never the festival's: a jump must not fire or lose retries.
CREATE SCHEMA webhooks;

CREATE TABLE webhooks.endpoint (
    endpoint_id text PRIMARY KEY,
    merchant_id text,
    url text NOT NULL CHECK (length(url) BETWEEN 8 AND 500),
    description text NOT NULL CHECK (length(description) <= 200),
    event_types text[] NOT NULL CHECK (cardinality(event_types) BETWEEN 1 AND 50),
    secret text NOT NULL CHECK (secret LIKE 'whsec\_%'),
    previous_secret text,
    previous_until timestamptz,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'gone', 'deleted')),
    last_sequence bigint NOT NULL DEFAULT 0 CHECK (last_sequence >= 0),
    failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    lease text,
    leased_until timestamptz,
    made_at timestamptz NOT NULL,
    CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
) WITH (fillfactor = 50);
CREATE INDEX endpoint_of_merchant ON webhooks.endpoint (merchant_id, endpoint_id);

CREATE TABLE webhooks.message (
    event_id text NOT NULL,
    audience text NOT NULL,
    type text NOT NULL,
    body text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (event_id, audience)
);
COMMENT ON COLUMN webhooks.message.audience IS 'empty: the whole event; else the merchant whose part the body tells';
CREATE INDEX message_made_at ON webhooks.message USING brin (made_at);

CREATE TABLE webhooks.delivery (
    endpoint_id text NOT NULL REFERENCES webhooks.endpoint,
    sequence bigint NOT NULL CHECK (sequence > 0),
    event_id text NOT NULL,
    audience text NOT NULL,
    type text NOT NULL,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'dead', 'cancelled')),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    gives_up_at timestamptz NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempted_at timestamptz,
    delivered_at timestamptz,
    last_status smallint,
    last_error text CHECK (length(last_error) <= 300),
    last_ms integer,
    PRIMARY KEY (endpoint_id, sequence),
    UNIQUE (endpoint_id, event_id),
    CHECK ((status = 'delivered') = (delivered_at IS NOT NULL))
) WITH (fillfactor = 60);
CREATE INDEX delivery_pending ON webhooks.delivery (endpoint_id, sequence) WHERE status = 'pending';
CREATE INDEX delivery_settled ON webhooks.delivery USING brin (made_at);
CREATE INDEX delivery_of_message ON webhooks.delivery (event_id) WHERE status = 'pending';
