-- Till receipts from outside: revisions are added, never changed, except that a later one marks what it supersedes.

CREATE SCHEMA receipts;

CREATE TABLE receipts.import_run (
    import_id text PRIMARY KEY,
    merchant_id text NOT NULL,
    recorded_at timestamptz NOT NULL,
    report jsonb NOT NULL
);

CREATE TABLE receipts.receipt (
    receipt_id text PRIMARY KEY,
    merchant_id text NOT NULL,
    store_id text NOT NULL,
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 64),
    revision integer NOT NULL CHECK (revision >= 1),
    till text NOT NULL,
    happened_at timestamptz NOT NULL,
    happened_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    currency char(3) NOT NULL,
    total_minor bigint NOT NULL,
    line_count integer NOT NULL CHECK (line_count >= 1),
    return_count integer NOT NULL CHECK (return_count BETWEEN 0 AND line_count),
    is_incomplete boolean NOT NULL,
    corrects_external_id text CHECK (corrects_external_id <> external_id),
    twin_of text CHECK (twin_of <> external_id),
    superseded_by text,
    import_id text NOT NULL,
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    fingerprint bytea NOT NULL CHECK (length(fingerprint) = 16),
    UNIQUE (store_id, external_id, revision)
);
CREATE UNIQUE INDEX receipt_live ON receipts.receipt (store_id, external_id) WHERE superseded_by IS NULL;
-- Of two corrections of one receipt the later one counts.
CREATE UNIQUE INDEX receipt_correction ON receipts.receipt (store_id, corrects_external_id)
    WHERE superseded_by IS NULL AND corrects_external_id IS NOT NULL;
CREATE INDEX receipt_corrector ON receipts.receipt (store_id, corrects_external_id) WHERE corrects_external_id IS NOT NULL;
CREATE INDEX receipt_twin ON receipts.receipt (fingerprint, happened_at) WHERE superseded_by IS NULL;
CREATE INDEX receipt_of_merchant ON receipts.receipt (merchant_id, happened_at, receipt_id);

CREATE TABLE receipts.line (
    receipt_id text NOT NULL REFERENCES receipts.receipt,
    line_no integer NOT NULL CHECK (line_no BETWEEN 1 AND 2000),
    gtin text,
    sku_external_id text,
    name text NOT NULL,
    quantity_milli bigint NOT NULL CHECK (quantity_milli <> 0),
    unit text NOT NULL CHECK (unit IN ('pcs', 'g', 'ml')),
    total_minor bigint NOT NULL CHECK (total_minor = 0 OR (total_minor < 0) = (quantity_milli < 0)),
    sku_id text,
    match text NOT NULL CHECK (match IN ('gtin', 'sku_id', 'name', 'none') AND (match = 'none') = (sku_id IS NULL)),
    PRIMARY KEY (receipt_id, line_no)
);

-- The lines of a receipt come in one statement, and their sum is its total. Source: I20.
CREATE FUNCTION receipts.check_totals() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong text;
BEGIN
    SELECT n.receipt_id INTO wrong
    FROM (SELECT receipt_id, sum(total_minor) AS total_minor, count(*) AS line_count,
                 count(*) FILTER (WHERE quantity_milli < 0) AS return_count
          FROM new_lines GROUP BY receipt_id) AS n
    JOIN receipts.receipt r USING (receipt_id)
    WHERE r.total_minor <> n.total_minor OR r.line_count <> n.line_count OR r.return_count <> n.return_count
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the lines of receipt % do not sum to its total', wrong;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER totals_hold AFTER INSERT ON receipts.line REFERENCING NEW TABLE AS new_lines
    FOR EACH STATEMENT EXECUTE FUNCTION receipts.check_totals();

CREATE FUNCTION receipts.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'receipts are kept as they came: % on receipts.% is refused, send a correction', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER kept_as_it_came BEFORE UPDATE OR DELETE OR TRUNCATE ON receipts.line
    FOR EACH STATEMENT EXECUTE FUNCTION receipts.refuse_change();
CREATE TRIGGER kept_as_it_came BEFORE DELETE OR TRUNCATE ON receipts.receipt
    FOR EACH STATEMENT EXECUTE FUNCTION receipts.refuse_change();
CREATE TRIGGER superseded_once BEFORE UPDATE ON receipts.receipt FOR EACH ROW
    WHEN (OLD.superseded_by IS NOT NULL OR to_jsonb(OLD) - 'superseded_by' <> to_jsonb(NEW) - 'superseded_by')
    EXECUTE FUNCTION receipts.refuse_change();
