-- What members are told: one message for each fact, written by a reaction to the log of events.
CREATE SCHEMA inbox;

CREATE TABLE inbox.message (
    member_id text NOT NULL,
    message_id text NOT NULL,
    -- What it tells of, once: an event, or "expiring" and a claim.
    fact text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('claimed', 'redeemed', 'expiring', 'placed', 'paid', 'cancelled', 'refunded', 'fulfilled')),
    about jsonb NOT NULL,
    happened_at timestamptz NOT NULL,
    read_at timestamptz,
    PRIMARY KEY (member_id, message_id),
    UNIQUE (member_id, fact)
);
CREATE INDEX message_unread ON inbox.message (member_id) WHERE read_at IS NULL;
CREATE INDEX message_age ON inbox.message (happened_at);
