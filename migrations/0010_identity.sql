-- Who asks: merchants, accounts, sessions and API keys (one table: a key is a session with scopes), phone codes, attempts.

CREATE SCHEMA identity;

CREATE TABLE identity.merchant (
    merchant_id text PRIMARY KEY,
    external_id text UNIQUE CHECK (length(external_id) BETWEEN 1 AND 64),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    name_en text NOT NULL,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed')),
    created_at timestamptz NOT NULL
);

CREATE TABLE identity.account (
    account_id text PRIMARY KEY,
    role text NOT NULL CHECK (role IN ('operator', 'merchant', 'clerk', 'member', 'device')),
    name text NOT NULL,
    login text UNIQUE CHECK (login = lower(login)),
    password_hash text,
    pin_hash text,
    phone_hash bytea CHECK (length(phone_hash) = 32),
    merchant_id text REFERENCES identity.merchant,
    store_id text,
    member_id text UNIQUE,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed')),
    created_at timestamptz NOT NULL,
    CHECK ((merchant_id IS NOT NULL) = (role IN ('merchant', 'clerk', 'device'))),
    CHECK ((member_id IS NOT NULL) = (role = 'member')),
    CHECK (password_hash IS NULL OR password_hash LIKE '$argon2id$%'),
    CHECK (pin_hash IS NULL OR pin_hash LIKE '$argon2id$%')
);
CREATE INDEX account_merchant ON identity.account (merchant_id, account_id) WHERE merchant_id IS NOT NULL;
CREATE INDEX account_phone ON identity.account (phone_hash) WHERE phone_hash IS NOT NULL;

CREATE TABLE identity.session (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    session_id text NOT NULL UNIQUE,
    account_id text NOT NULL,
    till_id text,
    name text,
    scopes text[],
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CHECK ((scopes IS NULL) = (name IS NULL)),
    CHECK (expires_at > created_at)
);
CREATE INDEX session_account ON identity.session (account_id);

CREATE TABLE identity.phone_code (
    phone_hash bytea PRIMARY KEY CHECK (length(phone_hash) = 32),
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
    tries integer NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

-- Guesses in a window of time, by what is guessed and from where; swept when old.
CREATE TABLE identity.attempt (
    subject text NOT NULL,
    window_at timestamptz NOT NULL,
    attempt_count integer NOT NULL CHECK (attempt_count >= 0),
    PRIMARY KEY (subject, window_at)
) WITH (fillfactor = 70);

-- Keys this database hashes with; made once. sha256 over random UUIDs keeps over 240 random bits.
CREATE TABLE identity.secret (
    name text PRIMARY KEY,
    value bytea NOT NULL CHECK (length(value) = 32)
);
INSERT INTO identity.secret
VALUES ('phone', sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

-- What a sandbox shows instead of sending; empty everywhere else.
CREATE TABLE identity.sandbox_message (
    message_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    phone text NOT NULL,
    text text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
