-- name: take_pin_try
-- Counted before it is judged; a lock that is over begins a new count.
UPDATE identity.payment_pin
SET wrong_count = CASE WHEN locked_until IS NULL THEN wrong_count + 1 ELSE 1 END,
    locked_until = CASE WHEN locked_until IS NULL AND wrong_count = 4 THEN clock_timestamp() + make_interval(secs => $2::float8) END
WHERE account_id = $1 AND (locked_until IS NULL OR locked_until <= clock_timestamp())
RETURNING pin_hash, 5 - wrong_count AS tries_left;

-- name: reset_pin_tries
UPDATE identity.payment_pin SET wrong_count = 0, locked_until = NULL WHERE account_id = $1 AND pin_hash = $2;

-- name: put_payment_pin
INSERT INTO identity.payment_pin (account_id, pin_hash, changed_at) VALUES ($1, $2, $3)
ON CONFLICT (account_id) DO UPDATE
SET pin_hash = excluded.pin_hash, changed_at = excluded.changed_at, free_minor = 0, wrong_count = 0, locked_until = NULL;

-- name: set_pin_limit
UPDATE identity.payment_pin SET free_minor = $2, free_currency = $3 WHERE account_id = $1;

-- name: find_payment_pin
SELECT free_minor, free_currency, CASE WHEN locked_until > clock_timestamp() THEN locked_until END AS locked_until
FROM identity.payment_pin WHERE account_id = $1;

-- name: pin_locked_s
SELECT extract(epoch FROM locked_until - clock_timestamp())::float8 FROM identity.payment_pin WHERE account_id = $1;

-- name: let_session_pay
UPDATE identity.session SET paying_until = clock_timestamp() + make_interval(secs => $2::float8) WHERE session_id = $1;

-- name: may_session_pay
SELECT coalesce(paying_until > clock_timestamp(), false) FROM identity.session WHERE session_id = $1 AND revoked_at IS NULL;

-- name: find_phone
SELECT phone_hash FROM identity.account WHERE account_id = $1;

-- name: find_password
SELECT password_hash FROM identity.account WHERE account_id = $1;

-- name: find_password_by_phone
SELECT account_id, password_hash FROM identity.account
WHERE phone_hash = $1 AND role = 'member' AND status = 'active' ORDER BY account_id LIMIT 1;

-- name: end_other_sessions
-- Keys (scopes) outlive a changed password; they are revoked by name.
UPDATE identity.session SET revoked_at = clock_timestamp()
WHERE account_id = $1 AND session_id <> $2 AND revoked_at IS NULL AND scopes IS NULL;

-- name: insert_challenge
INSERT INTO identity.challenge (challenge, origin, account_id, expires_at)
VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4::float8));

-- name: take_challenge
-- Gone with the first answer, right or wrong.
DELETE FROM identity.challenge
WHERE challenge = $1 AND origin = $2 AND account_id IS NOT DISTINCT FROM $3 AND expires_at > clock_timestamp()
RETURNING challenge;

-- name: sweep_challenges
DELETE FROM identity.challenge WHERE expires_at < clock_timestamp();

-- name: insert_passkey
INSERT INTO identity.passkey (passkey_id, credential_id, account_id, rp_id, public_key, sign_count, name)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (credential_id) DO NOTHING
RETURNING passkey_id, name, rp_id, created_at, used_at;

-- name: list_passkeys
SELECT passkey_id, name, rp_id, created_at, used_at FROM identity.passkey WHERE account_id = $1 ORDER BY passkey_id LIMIT 100;

-- name: list_credentials
SELECT credential_id FROM identity.passkey WHERE account_id = $1 AND rp_id = $2;

-- name: find_passkey
SELECT k.passkey_id, k.account_id, k.public_key, k.sign_count, a.role
FROM identity.passkey k JOIN identity.account a USING (account_id)
WHERE k.credential_id = $1 AND k.rp_id = $2 AND a.status = 'active';

-- name: note_passkey_use
-- A counter that does not grow tells of a copied authenticator; most passkeys keep it at zero.
UPDATE identity.passkey SET sign_count = $2, used_at = clock_timestamp()
WHERE passkey_id = $1 AND (sign_count < $2 OR sign_count = 0 AND $2 = 0)
RETURNING passkey_id;

-- name: delete_passkey
DELETE FROM identity.passkey WHERE passkey_id = $1 AND account_id = $2 RETURNING passkey_id;
