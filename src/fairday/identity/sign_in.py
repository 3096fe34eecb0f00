"""Sign people in: guesses are counted in transactions of their own, so that a refusal does not undo the count.

Unknown accounts, wrong secrets and closed accounts take the same path, the same time and the same answer (X31).
"""

import asyncio
from datetime import datetime

import structlog

from fairday.identity import rules, store
from fairday.identity.errors import NoAccount, WrongCode, WrongPin, WrongSecret
from fairday.identity.slow_hash import slow_hash
from fairday.identity.types import Session, Status
from fairday.kernel.errors import TooManyRequests
from fairday.kernel.http.principal import Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx

log = structlog.get_logger(__name__)


async def by_password(database: Database, login: str, password: str, client_ip: str) -> tuple[str, Session]:
    """Open a session by login and password and return (token, session).

    Raises: TooManyRequests after too many failures for this login and address; WrongSecret; Busy.
    """
    login = login.lower()
    limits = [
        (f"pair:{login}:{client_ip}", rules.LOGIN_LIMITS["pair"]),
        (f"login:{login}", rules.LOGIN_LIMITS["login"]),
        (f"ip:{client_ip}", rules.LOGIN_LIMITS["ip"]),
    ]

    async def look(tx: Tx, now: datetime) -> tuple[str, Role, str | None, Status] | None:
        return await store.by_login(tx, login)

    await count(database, limits)
    found = await database.run(look)
    is_right = await slow_hash.matches(None if found is None else found[2], password)
    if found is None or not is_right or found[3] is not Status.ACTIVE:
        log.info("sign-in refused", client_ip=client_ip)
        raise WrongSecret()
    account_id, role = found[0], found[1]
    ttl_s = rules.SESSION_TTL_S if role is Role.MEMBER else rules.STAFF_TTL_S

    async def finish(tx: Tx, now: datetime) -> tuple[str, Session]:
        for subject, (_, window_s) in limits:
            await store.give_attempt_back(tx, subject, window_s)
        return await open_for(tx, account_id, ttl_s)

    return await database.run(finish)


async def send_phone_code(database: Database, phone: str, client_ip: str) -> None:
    """Make a code for `phone` and show it to the sandbox: in its log and its messages. Callers check for a sandbox.

    The answer is the same whether the phone is known or not, and when the last code is younger than a minute (it
    stays good then). Raises: BadPhone, TooManyRequests.
    """
    phone = rules.normal_phone(phone)
    code = rules.new_code()

    async def put(tx: Tx, now: datetime) -> None:
        key = await store.secret(tx, "phone")
        is_new = await store.put_phone_code(
            tx,
            rules.hash_phone(key, phone),
            rules.hash_code(key, phone, code),
            rules.CODE_TTL_S,
            rules.CODE_PAUSE_S,
        )
        if is_new:
            await store.insert_message(tx, phone, f"Fairday: {code} is your code for the next 10 minutes.")
            log.warning("sandbox message", phone=phone, code=code)

    async def key_of(tx: Tx, now: datetime) -> bytes:
        return rules.hash_phone(await store.secret(tx, "phone"), phone)

    subject = (await database.run(key_of)).hex()[:24]
    await count(
        database,
        [(f"code:{subject}", rules.CODE_LIMITS["phone"]), (f"code-ip:{client_ip}", rules.CODE_LIMITS["ip"])],
    )
    await database.run(put)


async def by_phone_code(
    database: Database, phone: str, code: str, *, as_owner: bool = False
) -> tuple[str, Session]:
    """Open a session of the phone's oldest member account by a code, or of the owner whose shop it opened.

    Raises: BadPhone; WrongCode; NoAccount when the phone is verified but has no such account (the code stays good).
    """
    phone_hash, code_hash = await try_phone_code(database, phone, code)

    async def finish(tx: Tx, now: datetime) -> tuple[str, Session]:
        find = store.owners_by_phone if as_owner else store.members_by_phone
        found = await find(tx, phone_hash)
        if not found:
            raise NoAccount()
        if not await store.use_code(tx, phone_hash, code_hash):
            raise WrongCode()
        return await open_for(tx, found[0], rules.STAFF_TTL_S if as_owner else rules.SESSION_TTL_S)

    return await database.run(finish)


async def try_phone_code(database: Database, phone: str, code: str) -> tuple[bytes, bytes]:
    """Judge a code and count the try; return (phone hash, code hash) to be used up by `use_phone_code`.

    Raises: BadPhone, WrongCode.
    """
    phone = rules.normal_phone(phone)

    async def take(tx: Tx, now: datetime) -> tuple[bytes, bytes, bytes | None]:
        key = await store.secret(tx, "phone")
        phone_hash = rules.hash_phone(key, phone)
        given = rules.hash_code(key, phone, code)
        return phone_hash, given, await store.take_code_try(tx, phone_hash, rules.CODE_TRIES_MAX)

    phone_hash, given, stored = await database.run(take)
    if stored is None or not rules.is_same(stored, given):
        raise WrongCode()
    return phone_hash, given


async def use_phone_code(tx: Tx, phone_hash: bytes, code_hash: bytes) -> None:
    """Use up a code that `try_phone_code` judged right, beside the work it allows. Raises: WrongCode when it is gone."""
    if not await store.use_code(tx, phone_hash, code_hash):
        raise WrongCode()


async def verify_pin(database: Database, account_id: str, pin: str) -> None:
    """Check a clerk's PIN in transactions of its own, so that wrong ones are counted whatever the caller does.

    Raises: WrongPin; TooManyRequests after five wrong ones in 15 minutes.
    """
    subject = f"pin:{account_id}"

    async def look(tx: Tx, now: datetime) -> str | None:
        return await store.pin_hash(tx, account_id)

    async def give_back(tx: Tx, now: datetime) -> None:
        await store.give_attempt_back(tx, subject, rules.PIN_LIMIT[1])

    await count(database, [(subject, rules.PIN_LIMIT)])
    if not await slow_hash.matches(await database.run(look), pin):
        raise WrongPin()
    await database.run(give_back)


async def check_pin(tx: Tx, account_id: str, pin: str) -> None:
    """Check a clerk's PIN inside the caller's transaction: the count of wrong ones stays only if the caller commits.

    Raises: WrongPin, TooManyRequests.
    """
    subject = f"pin:{account_id}"
    count, left_s = await store.take_attempt(tx, subject, rules.PIN_LIMIT[1])
    if count > rules.PIN_LIMIT[0]:
        raise TooManyRequests(retry_after_s=int(left_s) + 1)
    if not await slow_hash.matches(await store.pin_hash(tx, account_id), pin):
        raise WrongPin()
    await store.give_attempt_back(tx, subject, rules.PIN_LIMIT[1])


async def open_for(tx: Tx, account_id: str, ttl_s: float) -> tuple[str, Session]:
    """Open a session for someone who has just proven who they are; return (token, session)."""
    token = rules.new_token(rules.SESSION_PREFIX)
    [session] = await store.insert_sessions(tx, [(rules.hash_token(token), new_id("ses"), account_id)], ttl_s)
    return token, session


async def count(database: Database, limits: list[tuple[str, tuple[int, int]]]) -> None:
    """Count an attempt on each subject before it is judged, so that parallel guesses count too. Raises: TooManyRequests."""

    async def take(tx: Tx, now: datetime) -> float | None:
        waits = []
        for subject, (count_max, window_s) in sorted(limits):
            count, left_s = await store.take_attempt(tx, subject, window_s)
            if count > count_max:
                waits.append(left_s)
        return max(waits) if waits else None

    wait_s = await asyncio.shield(database.run(take))
    if wait_s is not None:
        raise TooManyRequests(retry_after_s=int(wait_s) + 1)
