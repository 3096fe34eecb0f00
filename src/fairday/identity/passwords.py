"""Let people set their own passwords, and members sign in by phone and password."""

from datetime import datetime

from fairday.identity import own_store, proofs, rules, store
from fairday.identity.errors import WrongSecret
from fairday.identity.sign_in import count, open_for
from fairday.identity.slow_hash import slow_hash
from fairday.identity.types import OwnPassword, Session
from fairday.kernel.http.principal import Principal
from fairday.kernel.tx import Database, Tx


async def set_own(database: Database, asker: Principal, wanted: OwnPassword) -> None:
    """Set the asker's password and end its other sessions.

    Raises: WeakPassword; WrongSecret, TooManyRequests for the old one; BadPhone, WrongCode, ProofMissing for a code.
    """
    rules.check_password(wanted.password, None)
    proof = None
    if wanted.old_password is not None:
        await proofs.by_password(database, asker.account_id, wanted.old_password)
    else:
        proof = await proofs.by_phone(database, asker.account_id, wanted.phone, wanted.code)
    made = await slow_hash.make(wanted.password)

    async def work(tx: Tx, now: datetime) -> None:
        await proofs.use(tx, proof)
        changed = await store.change_account(tx, asker.account_id, None, None, (False, None), made, None)
        assert changed is not None, "the asker has an account"
        if changed.login is not None:
            rules.check_password(wanted.password, changed.login)
        await own_store.end_other_sessions(tx, asker.account_id, asker.session_id)
        await store.announce_revoked(tx, [asker.account_id])

    await database.run(work)


async def sign_in_by_phone(
    database: Database, phone: str, password: str, client_ip: str
) -> tuple[str, Session]:
    """Open a session of the phone's oldest member by its password and return (token, session).

    An unknown phone, a member without password and a wrong password are never told apart. Raises: BadPhone,
    TooManyRequests, WrongSecret, Busy.
    """
    phone = rules.normal_phone(phone)

    async def look(tx: Tx, now: datetime) -> tuple[str, tuple[str, str | None] | None]:
        known = rules.hash_phone(await store.secret(tx, "phone"), phone)
        return known.hex()[:24], await own_store.password_by_phone(tx, known)

    subject, found = await database.run(look)
    limits = [
        (f"pair:{subject}:{client_ip}", rules.LOGIN_LIMITS["pair"]),
        (f"login:{subject}", rules.LOGIN_LIMITS["login"]),
        (f"ip:{client_ip}", rules.LOGIN_LIMITS["ip"]),
    ]
    await count(database, limits)
    is_right = await slow_hash.matches(None if found is None else found[1], password)
    if found is None or not is_right:
        raise WrongSecret()
    account_id = found[0]

    async def finish(tx: Tx, now: datetime) -> tuple[str, Session]:
        for one, (_, window_s) in limits:
            await store.give_attempt_back(tx, one, window_s)
        return await open_for(tx, account_id, rules.SESSION_TTL_S)

    return await database.run(finish)
