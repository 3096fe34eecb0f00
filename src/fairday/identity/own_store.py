"""Run the queries of one's own password, payment PIN and passkeys: one thin typed function each."""

from datetime import datetime

from fairday.identity.types import Passkey, PaymentPin
from fairday.kernel.http.principal import Role
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx

sql = Queries("fairday.identity", "own.sql")


async def take_pin_try(tx: Tx, account_id: str, lock_s: float) -> tuple[str, int] | None:
    """Count a try and return (PIN hash, tries left after it), or None when no PIN is set or it is locked."""
    row = await tx.fetchrow(sql.take_pin_try, account_id, lock_s)
    return None if row is None else (row["pin_hash"], row["tries_left"])


async def reset_pin_tries(tx: Tx, account_id: str, pin_hash: str) -> None:
    """Forget the tries after a right one, unless another PIN was set meanwhile."""
    await tx.execute(sql.reset_pin_tries, account_id, pin_hash)


async def put_payment_pin(tx: Tx, account_id: str, pin_hash: str, now: datetime) -> None:
    """Set the PIN anew: no PIN-free payments, no tries counted, no lock."""
    await tx.execute(sql.put_payment_pin, account_id, pin_hash, now)


async def set_pin_limit(tx: Tx, account_id: str, free_minor: int, currency: str) -> None:
    """Set up to how much is paid without PIN."""
    await tx.execute(sql.set_pin_limit, account_id, free_minor, currency)


async def payment_pin(tx: Tx, account_id: str) -> PaymentPin | None:
    """Return what stands of the PIN, or None when none is set."""
    row = await tx.fetchrow(sql.find_payment_pin, account_id)
    if row is None:
        return None
    return PaymentPin(
        is_set=True,
        pin_free_minor=row["free_minor"],
        pin_free_currency=row["free_currency"],
        locked_until=row["locked_until"],
    )


async def pin_locked_s(tx: Tx, account_id: str) -> float | None:
    """Return the real seconds that the PIN stays locked, if it is."""
    left_s: float | None = await tx.fetchval(sql.pin_locked_s, account_id)
    return left_s


async def let_session_pay(tx: Tx, session_id: str, ttl_s: float) -> None:
    """Let a session show pay codes for `ttl_s` real seconds."""
    await tx.execute(sql.let_session_pay, session_id, ttl_s)


async def may_session_pay(tx: Tx, session_id: str) -> bool:
    """Tell whether a session may show pay codes without its PIN."""
    return bool(await tx.fetchval(sql.may_session_pay, session_id))


async def phone_hash(tx: Tx, account_id: str) -> bytes | None:
    """Return the keyed hash of the account's phone."""
    found: bytes | None = await tx.fetchval(sql.find_phone, account_id)
    return found


async def password_hash(tx: Tx, account_id: str) -> str | None:
    """Return the account's password hash."""
    found: str | None = await tx.fetchval(sql.find_password, account_id)
    return found


async def password_by_phone(tx: Tx, phone: bytes) -> tuple[str, str | None] | None:
    """Return (account id, password hash) of a phone's oldest member."""
    row = await tx.fetchrow(sql.find_password_by_phone, phone)
    return None if row is None else (row["account_id"], row["password_hash"])


async def end_other_sessions(tx: Tx, account_id: str, session_id: str) -> None:
    """Revoke an account's sessions but this one."""
    await tx.execute(sql.end_other_sessions, account_id, session_id)


async def insert_challenge(
    tx: Tx, challenge: bytes, origin: str, account_id: str | None, ttl_s: float
) -> None:
    """Keep a challenge for one answer from `origin`."""
    await tx.execute(sql.insert_challenge, challenge, origin, account_id, ttl_s)


async def take_challenge(tx: Tx, challenge: bytes, origin: str, account_id: str | None) -> bool:
    """Take a challenge away; False when it is unknown, used, too old or was asked elsewhere or for another account."""
    return await tx.fetchval(sql.take_challenge, challenge, origin, account_id) is not None


async def sweep_challenges(tx: Tx) -> int:
    """Delete challenges that nobody answered in time; return how many."""
    status: str = await tx.execute(sql.sweep_challenges)
    return int(status.rpartition(" ")[2])


async def insert_passkey(
    tx: Tx, passkey_id: str, account_id: str, rp_id: str, key: tuple[bytes, bytes, int], name: str
) -> Passkey | None:
    """Insert a passkey of (credential id, public key, sign count); None when the credential is known already."""
    credential_id, public_key, sign_count = key
    row = await tx.fetchrow(
        sql.insert_passkey, passkey_id, credential_id, account_id, rp_id, public_key, sign_count, name
    )
    return None if row is None else Passkey(**dict(row))


async def passkeys(tx: Tx, account_id: str) -> list[Passkey]:
    """Return an account's passkeys, oldest first."""
    return [Passkey(**dict(row)) for row in await tx.fetch(sql.list_passkeys, account_id)]


async def credentials(tx: Tx, account_id: str, rp_id: str) -> list[bytes]:
    """Return the ids of an account's credentials for one host."""
    return [row["credential_id"] for row in await tx.fetch(sql.list_credentials, account_id, rp_id)]


async def passkey(tx: Tx, credential_id: bytes, rp_id: str) -> tuple[str, str, bytes, int, Role] | None:
    """Return (passkey id, account id, public key, sign count, role) of an active account's credential."""
    row = await tx.fetchrow(sql.find_passkey, credential_id, rp_id)
    if row is None:
        return None
    return row["passkey_id"], row["account_id"], row["public_key"], row["sign_count"], Role(row["role"])


async def note_passkey_use(tx: Tx, passkey_id: str, sign_count: int) -> bool:
    """Note a use; False when the counter did not grow."""
    return await tx.fetchval(sql.note_passkey_use, passkey_id, sign_count) is not None


async def delete_passkey(tx: Tx, passkey_id: str, account_id: str) -> bool:
    """Delete an account's own passkey."""
    return await tx.fetchval(sql.delete_passkey, passkey_id, account_id) is not None
