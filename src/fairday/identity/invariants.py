"""State what must always hold of accounts and sessions."""

from fairday.kernel.invariants import Invariant

INVARIANTS = [
    Invariant(
        "I63",
        "staff and devices are bound to a merchant, members to themselves, operators to nobody",
        "SELECT account_id, role FROM identity.account"
        " WHERE (merchant_id IS NOT NULL) <> (role IN ('merchant', 'clerk', 'device'))"
        " OR (member_id IS NOT NULL) <> (role = 'member')",
        "ALTER TABLE identity.account DROP CONSTRAINT account_check;"
        "INSERT INTO identity.account (account_id, role, name, created_at) VALUES ('acc_x', 'clerk', 'x', clock_timestamp())",
    ),
    Invariant(
        "I63",
        "a login names one account, whatever its case",
        "SELECT lower(login) AS login FROM identity.account WHERE login IS NOT NULL GROUP BY 1 HAVING count(*) > 1",
        "ALTER TABLE identity.account DROP CONSTRAINT account_login_check;"
        "INSERT INTO identity.account (account_id, role, name, login, created_at)"
        " VALUES ('acc_x', 'operator', 'x', 'same.login', clock_timestamp()),"
        " ('acc_y', 'operator', 'y', 'SAME.login', clock_timestamp())",
    ),
    Invariant(
        "I68",
        "passwords and PINs are kept as argon2id hashes, tokens as hashes of 32 bytes",
        "SELECT account_id FROM identity.account WHERE coalesce(password_hash, '$argon2id$') NOT LIKE '$argon2id$%'"
        " OR coalesce(pin_hash, '$argon2id$') NOT LIKE '$argon2id$%'"
        " UNION ALL SELECT session_id FROM identity.session WHERE length(token_hash) <> 32",
        "ALTER TABLE identity.session DROP CONSTRAINT session_token_hash_check;"
        "INSERT INTO identity.session (token_hash, session_id, account_id, expires_at)"
        " VALUES ('in the clear', 'ses_x', 'acc_x', clock_timestamp() + interval '1 day')",
    ),
    Invariant(
        "I68",
        "a phone code is tried at most five times",
        "SELECT phone_hash FROM identity.phone_code WHERE tries > 5",
        "ALTER TABLE identity.phone_code DROP CONSTRAINT phone_code_tries_check;"
        "INSERT INTO identity.phone_code VALUES (sha256('x'), sha256('y'), 6, clock_timestamp())",
    ),
    Invariant(
        "I68",
        "a payment PIN is tried at most five times in a row and is locked exactly then",
        "SELECT account_id FROM identity.payment_pin"
        " WHERE wrong_count > 5 OR (wrong_count = 5) <> (locked_until IS NOT NULL) OR pin_hash NOT LIKE '$argon2id$%'",
        "ALTER TABLE identity.payment_pin DROP CONSTRAINT payment_pin_wrong_count_check, DROP CONSTRAINT payment_pin_check,"
        " DROP CONSTRAINT payment_pin_account_id_fkey;"
        "INSERT INTO identity.payment_pin (account_id, pin_hash, wrong_count, changed_at)"
        " VALUES ('acc_x', '$argon2id$', 6, clock_timestamp())",
    ),
    Invariant(
        "I63",
        "payment PINs are members', passkeys of people only",
        "SELECT account_id FROM identity.payment_pin JOIN identity.account USING (account_id) WHERE role <> 'member'"
        " UNION ALL SELECT account_id FROM identity.passkey JOIN identity.account USING (account_id)"
        " WHERE role NOT IN ('member', 'merchant', 'operator')",
        "INSERT INTO identity.account (account_id, role, name, created_at) VALUES ('acc_o', 'operator', 'x', clock_timestamp());"
        "INSERT INTO identity.payment_pin (account_id, pin_hash, changed_at) VALUES ('acc_o', '$argon2id$', clock_timestamp())",
    ),
]
