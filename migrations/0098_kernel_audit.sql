-- Who did what among the staff: append-only rows, written in the transaction of the deed, and a hash chain that a
-- sealing job lays over them afterwards, so that no deed waits for the one before. Source: I64, X36.

CREATE TABLE kernel.audit (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    id bigint GENERATED ALWAYS AS IDENTITY (CACHE 20),
    audit_id text COLLATE "C" NOT NULL UNIQUE CHECK (audit_id LIKE 'aud\_%'),
    happened_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    account_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('operator', 'merchant', 'clerk')),
    session_id text NOT NULL,
    -- By an API key, not by a person at a page.
    is_key boolean NOT NULL,
    -- Whom it concerns: the merchant of the thing, else of who did it; null is the operator's own affair.
    merchant_id text COLLATE "C",
    method text NOT NULL,
    route text NOT NULL,
    path text NOT NULL,
    target_id text COLLATE "C" NOT NULL,
    status smallint NOT NULL CHECK (status BETWEEN 200 AND 299),
    request_digest bytea NOT NULL CHECK (length(request_digest) = 32),
    -- {field: [old, new]} where the verb tells.
    changes json,
    PRIMARY KEY (xid, id)
);
CREATE INDEX audit_merchant ON kernel.audit (merchant_id, xid, id);
CREATE INDEX audit_target ON kernel.audit (target_id, xid, id);

-- hash = SHA-256(hash before || text of the row); the first one follows SHA-256('fairday audit v1').
CREATE TABLE kernel.audit_seal (
    number bigint PRIMARY KEY CHECK (number > 0),
    xid xid8 NOT NULL,
    id bigint NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (xid, id)
);

-- Which chain this is, for the heads that are kept outside the database.
CREATE TABLE kernel.audit_chain (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    chain_id uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO kernel.audit_chain DEFAULT VALUES;

CREATE FUNCTION kernel.refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel.audit
    FOR EACH STATEMENT EXECUTE FUNCTION kernel.refuse_rewrite();
CREATE TRIGGER audit_seal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel.audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION kernel.refuse_rewrite();

-- The text that is hashed: a JSON list of texts, so that no two rows have the same one.
CREATE FUNCTION kernel.audit_text(a kernel.audit) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT array_to_json(ARRAY[
        a.audit_id, to_char(a.happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        to_char(a.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        a.account_id, a.name, a.role, a.session_id, a.is_key::text, a.merchant_id, a.method, a.route, a.path,
        a.target_id, a.status::text, encode(a.request_digest, 'hex'), a.changes::text])::text
$$;
