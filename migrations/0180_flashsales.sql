-- Flash sales: a few pieces of one SKU at a special price, in the order in which the server accepts people. The row of the sale is the
-- one sequencer: every batch locks it first, so places, waitlist and log have one order.
CREATE SCHEMA flashsales;

CREATE TABLE flashsales.sale (
    sale_id text COLLATE "C" PRIMARY KEY,
    merchant_id text COLLATE "C" NOT NULL,
    sku_id text COLLATE "C" NOT NULL,
    store_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    name_en text,
    currency char(3) NOT NULL,
    regular_minor bigint NOT NULL CHECK (regular_minor > 0),
    price_minor bigint NOT NULL CHECK (price_minor >= 0),
    places integer NOT NULL CHECK (places > 0),
    waitlist_max integer NOT NULL CHECK (waitlist_max >= 0),
    hold_s integer NOT NULL CHECK (hold_s BETWEEN 60 AND 3600),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('live', 'stopped', 'closed')),
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    -- Names people in the log by a keyed hash, so that it can be published.
    who_key bytea NOT NULL CHECK (length(who_key) = 32),
    entered_count integer NOT NULL DEFAULT 0,
    won_count integer NOT NULL DEFAULT 0,
    ordered_count integer NOT NULL DEFAULT 0,
    waiting_count integer NOT NULL DEFAULT 0,
    log_count integer NOT NULL DEFAULT 0,
    log_hash bytea NOT NULL CHECK (length(log_hash) = 32),
    log_at timestamptz NOT NULL,
    CONSTRAINT sale_lowers CHECK (price_minor < regular_minor),
    CONSTRAINT sale_window CHECK (starts_at < ends_at),
    -- `won_count` holds those who may still pay and those who ordered: never more than there are places (I13).
    CONSTRAINT sale_places CHECK (won_count BETWEEN 0 AND places AND ordered_count BETWEEN 0 AND won_count),
    CONSTRAINT sale_waitlist CHECK (waiting_count BETWEEN 0 AND waitlist_max),
    CONSTRAINT sale_nobody_waits_for_a_free_place CHECK (waiting_count = 0 OR won_count = places OR status <> 'live')
) WITH (fillfactor = 50);
CREATE INDEX sale_open ON flashsales.sale (ends_at) WHERE status = 'live';
CREATE INDEX sale_merchant ON flashsales.sale (merchant_id, sale_id);

CREATE TABLE flashsales.entry (
    sale_id text COLLATE "C" NOT NULL,
    place integer NOT NULL CHECK (place > 0),
    person_id text COLLATE "C" NOT NULL,
    member_id text COLLATE "C" NOT NULL,
    state text NOT NULL CHECK (state IN ('won', 'waiting', 'ordered', 'lapsed', 'missed')),
    holds_until timestamptz,
    entered_at timestamptz NOT NULL,
    order_id text COLLATE "C",
    PRIMARY KEY (sale_id, place),
    -- One place a natural person, whatever accounts it has.
    CONSTRAINT one_place_a_person UNIQUE (sale_id, person_id),
    CONSTRAINT won_holds CHECK ((state = 'won') = (holds_until IS NOT NULL)),
    CONSTRAINT ordered_has_order CHECK ((state = 'ordered') = (order_id IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX entry_holds ON flashsales.entry (holds_until) WHERE state = 'won';
CREATE INDEX entry_waiting ON flashsales.entry (sale_id, place) WHERE state = 'waiting';

-- The log in blocks, one for each step of a sale's row: a block of a thousand lines costs what a few rows do. A line's own hash
-- follows from the block before and the lines before it in its block.
CREATE TABLE flashsales.log (
    sale_id text COLLATE "C" NOT NULL,
    first_number integer NOT NULL CHECK (first_number > 0),
    last_number integer NOT NULL,
    lines text[] NOT NULL,
    -- The hash of the last line.
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (sale_id, first_number),
    CONSTRAINT block_is_full CHECK (cardinality(lines) = last_number - first_number + 1 AND cardinality(lines) > 0)
);
ALTER TABLE flashsales.log ALTER lines SET STORAGE EXTERNAL;

CREATE FUNCTION flashsales.chained(head bytea, lines text[]) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE one text;
BEGIN
    FOREACH one IN ARRAY lines LOOP
        head := sha256(head || convert_to(one, 'UTF8'));
    END LOOP;
    RETURN head;
END $$;
CREATE FUNCTION flashsales.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of a flash sale is append-only: % is refused', TG_OP;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON flashsales.log
    FOR EACH STATEMENT EXECUTE FUNCTION flashsales.refuse_change();
