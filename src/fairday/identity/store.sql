-- name: find_principals
SELECT s.token_hash, s.session_id, s.till_id, s.scopes, a.account_id, a.role, a.merchant_id, a.store_id, a.member_id, a.name,
       p.account_id IS NOT NULL AS needs_pin, coalesce(p.free_minor, 0) AS pin_free_minor,
       coalesce(p.free_currency, '') AS pin_free_currency,
       extract(epoch FROM s.expires_at - clock_timestamp())::float8 AS left_s
FROM identity.session s JOIN identity.account a USING (account_id)
LEFT JOIN identity.merchant m ON m.merchant_id = a.merchant_id
LEFT JOIN identity.payment_pin p ON p.account_id = a.account_id
WHERE s.token_hash = ANY ($1::bytea[]) AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp()
  AND a.status = 'active' AND coalesce(m.status, 'active') = 'active';

-- name: insert_merchant
INSERT INTO identity.merchant (merchant_id, external_id, name, name_en, tier, created_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (external_id) DO NOTHING
RETURNING merchant_id;

-- name: find_merchants
SELECT merchant_id, name, name_en, status, external_id, tier FROM identity.merchant WHERE merchant_id = ANY ($1::text[]);

-- name: find_merchant_by_external_id
SELECT merchant_id, name, name_en, status, external_id, tier FROM identity.merchant WHERE external_id = $1;

-- name: list_merchants
SELECT merchant_id, name, name_en, status, external_id, tier FROM identity.merchant
WHERE merchant_id > $1 ORDER BY merchant_id LIMIT $2;

-- name: list_shops
-- Signs that are data stay behind: a page of them would be megabytes.
SELECT merchant_id, name, name_en, CASE WHEN starts_with(logo, '/') THEN logo END AS logo, logo IS NOT NULL AS has_logo
FROM identity.merchant WHERE merchant_id > $1 AND status = 'active' ORDER BY merchant_id LIMIT $2;

-- name: find_profile
SELECT merchant_id, name, name_en, story, story_en, logo FROM identity.merchant WHERE merchant_id = $1 AND status = 'active';

-- name: change_merchant
UPDATE identity.merchant
SET name = coalesce($2, name), name_en = coalesce($3, name_en), story = coalesce($4, story), story_en = coalesce($5, story_en),
    logo = CASE WHEN $6 THEN $7 ELSE logo END
WHERE merchant_id = $1;

-- name: set_tier
UPDATE identity.merchant SET tier = $2 WHERE merchant_id = $1;

-- name: find_owner_by_phone
SELECT account_id FROM identity.account
WHERE phone_hash = $1 AND role = 'merchant' AND status = 'active' ORDER BY account_id;

-- name: insert_accounts
INSERT INTO identity.account (account_id, role, name, login, password_hash, pin_hash, phone_hash, merchant_id, store_id, member_id, created_at)
SELECT d.account_id, d.role, d.name, d.login, d.password_hash, d.pin_hash, d.phone_hash, d.merchant_id, d.store_id, d.member_id, $11
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::text[], $9::text[], $10::text[])
     AS d (account_id, role, name, login, password_hash, pin_hash, phone_hash, merchant_id, store_id, member_id)
ON CONFLICT (login) DO NOTHING
RETURNING account_id;

-- name: find_accounts
SELECT account_id, role, name, login, merchant_id, store_id, member_id, status FROM identity.account
WHERE account_id = ANY ($1::text[]);

-- name: list_accounts
SELECT account_id, role, name, login, merchant_id, store_id, member_id, status FROM identity.account
WHERE merchant_id = $1 AND role <> 'device' AND account_id > $2 ORDER BY account_id LIMIT $3;

-- name: find_by_login
SELECT account_id, role, password_hash, status FROM identity.account WHERE login = $1;

-- name: find_members_by_phone
SELECT account_id FROM identity.account
WHERE phone_hash = $1 AND role = 'member' AND status = 'active' ORDER BY account_id;

-- name: count_operators
SELECT count(*) FROM identity.account WHERE role = 'operator' AND status = 'active';

-- name: lock_bootstrap
-- One process at a time makes the first operator.
SELECT pg_advisory_xact_lock(hashtext('identity.bootstrap'));

-- name: change_account
UPDATE identity.account
SET name = coalesce($2, name), status = coalesce($3, status), store_id = CASE WHEN $4 THEN $5 ELSE store_id END,
    password_hash = coalesce($6, password_hash), pin_hash = coalesce($7, pin_hash)
WHERE account_id = $1
RETURNING account_id, role, name, login, merchant_id, store_id, member_id, status;

-- name: change_name
UPDATE identity.account SET name = $2 WHERE account_id = $1 RETURNING account_id;

-- name: close_accounts
UPDATE identity.account SET status = 'closed' WHERE account_id = ANY ($1::text[]) AND status = 'active';

-- name: find_pin
SELECT pin_hash, status FROM identity.account WHERE account_id = $1;

-- name: insert_sessions
INSERT INTO identity.session (token_hash, session_id, account_id, till_id, name, scopes, expires_at)
SELECT d.token_hash, d.session_id, d.account_id, $4, $5, $6::text[], clock_timestamp() + make_interval(secs => $7)
FROM unnest($1::bytea[], $2::text[], $3::text[]) AS d (token_hash, session_id, account_id)
RETURNING session_id, account_id, created_at, expires_at;

-- name: revoke_session
UPDATE identity.session SET revoked_at = clock_timestamp() WHERE session_id = $1 AND revoked_at IS NULL RETURNING account_id;

-- name: end_sessions
-- Keys (scopes) outlive a changed password; they are revoked by name.
UPDATE identity.session SET revoked_at = clock_timestamp()
WHERE account_id = ANY ($1::text[]) AND revoked_at IS NULL AND scopes IS NULL;

-- name: announce_revoked
SELECT pg_notify('fairday_revoked', account_id) FROM unnest($1::text[]) AS account_id;

-- name: list_keys
SELECT s.session_id AS key_id, s.name, s.scopes, s.account_id, a.merchant_id, s.created_at, s.expires_at,
       s.revoked_at IS NOT NULL AS is_revoked
FROM identity.session s JOIN identity.account a USING (account_id)
WHERE s.scopes IS NOT NULL AND a.merchant_id IS NOT DISTINCT FROM $1 AND a.role = $2
ORDER BY s.session_id DESC LIMIT 200;

-- name: find_key
SELECT s.session_id, a.merchant_id, a.role FROM identity.session s JOIN identity.account a USING (account_id)
WHERE s.session_id = $1 AND s.scopes IS NOT NULL;

-- name: take_attempt
INSERT INTO identity.attempt (subject, window_at, attempt_count)
VALUES ($1, to_timestamp(floor(extract(epoch FROM clock_timestamp()) / $2::float8) * $2::float8), 1)
ON CONFLICT (subject, window_at) DO UPDATE SET attempt_count = attempt.attempt_count + 1
RETURNING attempt_count, extract(epoch FROM window_at + make_interval(secs => $2::float8) - clock_timestamp())::float8 AS left_s;

-- name: give_attempt_back
UPDATE identity.attempt SET attempt_count = attempt_count - 1
WHERE subject = $1 AND attempt_count > 0
  AND window_at = to_timestamp(floor(extract(epoch FROM clock_timestamp()) / $2::float8) * $2::float8);

-- name: sweep_attempts
DELETE FROM identity.attempt WHERE window_at < clock_timestamp() - interval '2 days';

-- name: sweep_sessions
DELETE FROM identity.session WHERE expires_at < clock_timestamp() - interval '30 days';

-- name: sweep_codes
DELETE FROM identity.phone_code WHERE expires_at < clock_timestamp() - interval '1 day';

-- name: get_secret
SELECT value FROM identity.secret WHERE name = $1;

-- name: put_phone_code
-- A phone gets at most one new code a minute: within it the old one stays and no row comes back.
INSERT INTO identity.phone_code (phone_hash, code_hash, expires_at)
VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3::float8))
ON CONFLICT (phone_hash) DO UPDATE
SET code_hash = excluded.code_hash, expires_at = excluded.expires_at, tries = 0, used_at = NULL
WHERE phone_code.expires_at < clock_timestamp() + make_interval(secs => $3::float8 - $4::float8) OR phone_code.used_at IS NOT NULL
RETURNING 1;

-- name: take_code_try
UPDATE identity.phone_code SET tries = tries + 1
WHERE phone_hash = $1 AND tries < $2 AND used_at IS NULL AND expires_at > clock_timestamp()
RETURNING code_hash;

-- name: use_code
UPDATE identity.phone_code SET used_at = clock_timestamp()
WHERE phone_hash = $1 AND code_hash = $2 AND used_at IS NULL AND expires_at > clock_timestamp()
RETURNING 1;

-- name: insert_message
INSERT INTO identity.sandbox_message (phone, text) VALUES ($1, $2);

-- name: list_messages
SELECT phone, text, made_at FROM identity.sandbox_message ORDER BY message_id DESC LIMIT $1;
