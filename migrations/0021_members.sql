-- Shoppers: the natural person behind a verified phone, members (accounts of a person), and what they agreed to.

CREATE SCHEMA members;

CREATE TABLE members.person (
    person_id text PRIMARY KEY,
    phone_hash bytea NOT NULL UNIQUE CHECK (length(phone_hash) = 32),
    created_at timestamptz NOT NULL
);

CREATE TABLE members.member (
    member_id text PRIMARY KEY,
    account_id text NOT NULL UNIQUE,
    person_id text NOT NULL REFERENCES members.person,
    nickname text NOT NULL CHECK (length(nickname) BETWEEN 1 AND 40),
    created_at timestamptz NOT NULL
);
CREATE INDEX member_person ON members.member (person_id);

-- A log: rows are added, never changed; the newest of a purpose stands. Source: I66.
CREATE TABLE members.consent (
    member_id text NOT NULL REFERENCES members.member,
    purpose text NOT NULL CHECK (purpose IN ('marketing', 'location', 'personalisation', 'survey', 'share_with_merchants')),
    ordinal integer NOT NULL CHECK (ordinal >= 1),
    is_given boolean NOT NULL,
    wording text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, purpose, ordinal)
);
CREATE FUNCTION members.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'consents are added, never changed';
END $$;
CREATE TRIGGER consent_is_a_log BEFORE UPDATE OR DELETE ON members.consent
    FOR EACH ROW EXECUTE FUNCTION members.refuse_change();
