-- What members pay with and people sign in with besides passwords and codes: payment PINs, passkeys and their challenges.

CREATE TABLE identity.payment_pin (
    account_id text PRIMARY KEY REFERENCES identity.account,
    pin_hash text NOT NULL CHECK (pin_hash LIKE '$argon2id$%'),
    -- Payments up to this much need no PIN; the member chooses it, and begins with none.
    free_minor bigint NOT NULL DEFAULT 0 CHECK (free_minor BETWEEN 0 AND 200000),
    free_currency char(3) NOT NULL DEFAULT 'CNY',
    wrong_count integer NOT NULL DEFAULT 0 CHECK (wrong_count BETWEEN 0 AND 5),
    locked_until timestamptz,
    changed_at timestamptz NOT NULL,
    CHECK ((locked_until IS NOT NULL) = (wrong_count = 5))
);

-- Until then this session may show pay codes without asking for the PIN again.
ALTER TABLE identity.session ADD COLUMN paying_until timestamptz;

CREATE TABLE identity.passkey (
    passkey_id text PRIMARY KEY,
    credential_id bytea NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 1 AND 1023),
    account_id text NOT NULL REFERENCES identity.account,
    rp_id text NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL CHECK (sign_count >= 0),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    used_at timestamptz
);
CREATE INDEX passkey_account ON identity.passkey (account_id, passkey_id);

-- Questions that an authenticator must sign: each is answered once, within minutes, on the page it was asked for.
CREATE TABLE identity.challenge (
    challenge bytea PRIMARY KEY CHECK (length(challenge) = 32),
    origin text NOT NULL,
    account_id text REFERENCES identity.account,
    expires_at timestamptz NOT NULL
);
