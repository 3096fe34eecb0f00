-- Offers, every version of their terms, who approved it, and the revision by which web workers notice that live offers changed.
CREATE SCHEMA promotions;

-- The moving part, narrow on purpose: a batch of orders rewrites this row, the terms stand in promotions.version.
CREATE TABLE promotions.offer (
    offer_id text COLLATE "C" PRIMARY KEY CHECK (offer_id LIKE 'ofr\_%'),
    merchant_id text COLLATE "C",
    currency char(3) NOT NULL,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'live', 'stopped')),
    stop_reason text,
    live_version integer,
    latest_version integer NOT NULL CHECK (latest_version > 0),
    budget_minor bigint CHECK (budget_minor > 0),
    taken_minor bigint NOT NULL DEFAULT 0 CHECK (taken_minor >= 0),
    created_at timestamptz NOT NULL,
    CONSTRAINT taken_within_budget CHECK (taken_minor <= budget_minor),
    CONSTRAINT live_has_version CHECK ((status = 'draft') = (live_version IS NULL)),
    CONSTRAINT live_version_exists CHECK (live_version <= latest_version)
) WITH (fillfactor = 50);
CREATE INDEX offer_merchant ON promotions.offer (merchant_id, offer_id);
CREATE INDEX offer_status ON promotions.offer (status, offer_id);

CREATE TABLE promotions.version (
    offer_id text COLLATE "C" NOT NULL REFERENCES promotions.offer,
    version integer NOT NULL CHECK (version > 0),
    terms json NOT NULL,
    budget_minor bigint CHECK (budget_minor > 0),
    reason text NOT NULL,
    made_by text NOT NULL,
    made_by_name text NOT NULL,
    made_at timestamptz NOT NULL,
    simulation json,
    approved_by text,
    approved_by_name text,
    approved_at timestamptz,
    PRIMARY KEY (offer_id, version),
    -- Who wrote a version may not approve it (four eyes), and nothing is approved that was not simulated.
    CONSTRAINT second_person CHECK (approved_by <> made_by),
    CONSTRAINT approved_whole CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CONSTRAINT approved_after_simulation CHECK (approved_by IS NULL OR simulation IS NOT NULL)
);

-- An order names its versions, so what a version says never changes (R2).
CREATE FUNCTION promotions.keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.terms::text <> OLD.terms::text OR NEW.version <> OLD.version OR NEW.made_by <> OLD.made_by
       OR (OLD.approved_by IS NOT NULL AND NEW.approved_by IS DISTINCT FROM OLD.approved_by) THEN
        RAISE EXCEPTION 'a version of an offer is never changed; write a new one';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER version_is_kept BEFORE UPDATE OR DELETE ON promotions.version
    FOR EACH ROW EXECUTE FUNCTION promotions.keep_version();

CREATE TABLE promotions.revision (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    revision uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO promotions.revision DEFAULT VALUES;
