-- Double entry by transfers. One row a transfer, never changed: docs/adr/0022-ledger-shape.md says why this shape.

CREATE SCHEMA ledger;

-- Text that is compared is "C": the same order of locks on every server, and the cheapest comparison.
CREATE TABLE ledger.account (
    account_id text COLLATE "C" NOT NULL CHECK (strpos(account_id, ':') > 1),
    currency text COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    posted_minor bigint NOT NULL DEFAULT 0,
    held_minor bigint NOT NULL DEFAULT 0 CHECK (held_minor >= 0),
    entries_count bigint NOT NULL DEFAULT 0 CHECK (entries_count >= 0),
    -- How many entries the last set update added, 0 when it did not fit: written and read back by that one statement.
    moved_count integer NOT NULL DEFAULT 0,
    may_go_negative boolean NOT NULL,
    opened_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, currency),
    CONSTRAINT never_below_zero CHECK (may_go_negative OR posted_minor - held_minor >= 0)
) WITH (fillfactor = 50);

CREATE TABLE ledger.transfer (
    posting_id text COLLATE "C" NOT NULL,
    place smallint NOT NULL CHECK (place >= 0),
    document_id text NOT NULL CHECK (document_id <> ''),
    kind text NOT NULL,
    currency text COLLATE "C" NOT NULL,
    debit_account text COLLATE "C" NOT NULL,
    credit_account text COLLATE "C" NOT NULL,
    amount_minor bigint NOT NULL CONSTRAINT amount_above_zero CHECK (amount_minor > 0),
    -- The line on each account's statement and its balance after; null where the whole posting leaves the account as it
    -- was (money that only passes through clearing), so that the hottest account needs neither update nor index entry.
    debit_number bigint,
    debit_after_minor bigint,
    credit_number bigint,
    credit_after_minor bigint,
    reverses text COLLATE "C",
    posted_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (posting_id, place),
    CONSTRAINT two_accounts CHECK (debit_account <> credit_account),
    CHECK ((debit_number IS NULL) = (debit_after_minor IS NULL)),
    CHECK ((credit_number IS NULL) = (credit_after_minor IS NULL))
);
CREATE UNIQUE INDEX transfer_debit ON ledger.transfer (debit_account, currency, debit_number)
    WHERE debit_number IS NOT NULL;
CREATE UNIQUE INDEX transfer_credit ON ledger.transfer (credit_account, currency, credit_number)
    WHERE credit_number IS NOT NULL;
CREATE UNIQUE INDEX transfer_reversed_once ON ledger.transfer (reverses) WHERE reverses IS NOT NULL AND place = 0;

-- What each account gave (below zero) or received, for people who look and for `fairday check`.
CREATE VIEW ledger.entry AS
SELECT debit_account AS account_id, currency, debit_number AS number, -amount_minor AS amount_minor,
       debit_after_minor AS after_minor, posting_id, place, posted_at
FROM ledger.transfer
UNION ALL
SELECT credit_account, currency, credit_number, amount_minor, credit_after_minor, posting_id, place, posted_at
FROM ledger.transfer;

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the books are append-only: % on ledger.% is refused, post a reversal instead', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.transfer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TABLE ledger.hold (
    hold_id text COLLATE "C" PRIMARY KEY,
    document_id text NOT NULL CHECK (document_id <> ''),
    account_id text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    captured_minor bigint NOT NULL DEFAULT 0,
    state text NOT NULL CHECK (state IN ('active', 'captured', 'voided', 'expired')),
    placed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    settled_at timestamptz,
    CONSTRAINT captured_within CHECK (captured_minor BETWEEN 0 AND amount_minor),
    CONSTRAINT captured_state CHECK ((state = 'captured') = (captured_minor > 0)),
    CONSTRAINT settled_once CHECK ((state = 'active') = (settled_at IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX hold_due ON ledger.hold (expires_at) WHERE state = 'active';
CREATE INDEX hold_account ON ledger.hold (account_id, currency) WHERE state = 'active';
