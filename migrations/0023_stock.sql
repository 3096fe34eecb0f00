-- Goods per SKU and place: levels, reservations, movements. Keyed by the scarce thing, the SKU.

CREATE SCHEMA stock;

-- Text that is compared is "C": the same order of locks on every server, and the cheapest comparison.
CREATE TABLE stock.level (
    sku_id text COLLATE "C" NOT NULL,
    place_id text COLLATE "C" NOT NULL,
    on_hand bigint NOT NULL DEFAULT 0,
    reserved bigint NOT NULL DEFAULT 0,
    safety bigint NOT NULL DEFAULT 0 CHECK (safety >= 0),
    sells_online boolean NOT NULL DEFAULT true,
    -- What the last set update moved, 0 when it did not fit: written and read back by that one statement.
    moved bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (sku_id, place_id),
    CONSTRAINT nothing_below_zero CHECK (reserved >= 0 AND on_hand >= reserved)
) WITH (fillfactor = 50);
CREATE INDEX level_place ON stock.level (place_id, sku_id);

CREATE TABLE stock.reservation (
    document_id text COLLATE "C" NOT NULL,
    line_id text COLLATE "C" NOT NULL,
    sku_id text COLLATE "C" NOT NULL,
    place_id text COLLATE "C" NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    state text NOT NULL CHECK (state IN ('active', 'kept', 'taken', 'released', 'expired')),
    expires_at timestamptz,
    reserved_at timestamptz NOT NULL,
    settled_at timestamptz,
    PRIMARY KEY (document_id, line_id),
    CONSTRAINT only_active_expires CHECK ((state = 'active') = (expires_at IS NOT NULL)),
    CONSTRAINT settled_when_final CHECK ((state IN ('active', 'kept')) = (settled_at IS NULL))
) WITH (fillfactor = 70);
-- Only what waits for payment is here: a line kept at once never enters, and kept to taken stays on its page (HOT).
CREATE INDEX reservation_due ON stock.reservation (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE stock.movement (
    document_id text COLLATE "C" NOT NULL CHECK (document_id <> ''),
    line_id text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL CHECK (reason IN ('counted', 'taken', 'sold', 'returned')),
    sku_id text NOT NULL,
    place_id text NOT NULL,
    change bigint NOT NULL CHECK (change <> 0),
    moved_at timestamptz NOT NULL,
    PRIMARY KEY (document_id, line_id, reason)
);

CREATE FUNCTION stock.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'movements are append-only: % on stock.% is refused, move the goods back instead', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock.movement
    FOR EACH STATEMENT EXECUTE FUNCTION stock.refuse_change();
