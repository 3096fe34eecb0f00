"""Accounts under contention: four processes, committed, exact totals; and a revocation seen by every process at once."""

import asyncio
import contextlib
import time
from collections import Counter

from fairday.identity import service, store
from fairday.identity.errors import LoginTaken, WrongCode, WrongPin
from fairday.identity.sessions import Sessions
from fairday.identity.types import AccountDraft, MerchantDraft
from fairday.kernel.errors import Refusal, TooManyRequests
from fairday.kernel.http.principal import Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx
from tests.identity.windows import begin_in_one_window
from tests.races.together import together

PROCESSES = 4


async def take_logins(database: Database, number: int, logins: list[str]) -> Counter[str]:
    """Ask for an account of each login, a different order in each process."""
    answers: Counter[str] = Counter()

    async def one(login: str) -> None:
        draft = AccountDraft(role=Role.OPERATOR, name="n", login=login)
        try:
            await database.run(lambda tx, now: service.create_account(tx, draft, now))
            answers["made"] += 1
        except LoginTaken:
            answers["taken"] += 1

    await asyncio.gather(*(one(login) for login in logins[number:] + logins[:number]))
    return answers


async def use_codes(database: Database, number: int, hashes: list[bytes]) -> Counter[str]:
    """Use each phone's code once."""
    answers: Counter[str] = Counter()
    for phone_hash in hashes:
        try:
            await database.run(lambda tx, now, one=phone_hash: service.use_phone_code(tx, one, b"c" * 32))
            answers["used"] += 1
        except WrongCode:
            answers["wrong"] += 1
    return answers


async def guess_pins(database: Database, number: int, account_id: str) -> Counter[str]:
    """Guess a PIN ten times at once."""

    async def one(guess: int) -> str:
        try:
            await service.verify_pin(database, account_id, f"{number}{guess:05d}")
        except Refusal as refusal:
            return refusal.code
        return "right"

    return Counter(await asyncio.gather(*(one(guess) for guess in range(10))))


async def hold_session(database: Database, number: int, token: str, session_id: str) -> float:
    """Keep asking with a token; process 0 revokes it meanwhile. Return when this process last let it in."""
    sessions = Sessions(database)
    following = asyncio.create_task(sessions.follow())
    await asyncio.sleep(1)
    assert await sessions.authenticate(token) is not None
    await asyncio.sleep(0.5)
    if number == 0:
        await database.run(lambda tx, now: service.revoke_session(tx, session_id))
        revoked_at = time.time()
    ends = time.monotonic() + 20
    last = time.time()
    while await sessions.authenticate(token) is not None:
        last = time.time()
        assert time.monotonic() < ends
        await asyncio.sleep(0.001)
    following.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await following
    return -revoked_at if number == 0 else last


async def test_a_login_goes_to_one_of_four_processes(database_url: str) -> None:
    logins = [f"race-{new_id('x')}-{place}"[:60] for place in range(30)]
    answers = sum(await together(database_url, PROCESSES, take_logins, logins), Counter())
    assert answers == {"made": 30, "taken": 90}


async def test_a_phone_code_is_used_by_one_of_four_processes(database: Database, database_url: str) -> None:
    async with database.transaction() as (tx, _):
        hashes = await service.phone_hashes(tx, [f"+99951{place:09d}" for place in range(40)])
        for phone_hash in hashes:
            await store.put_phone_code(tx, phone_hash, b"c" * 32, 600, 60)
    answers = sum(await together(database_url, PROCESSES, use_codes, hashes), Counter())
    assert answers == {"used": 40, "wrong": 120}


async def test_forty_guesses_from_four_processes_count_as_five(database: Database, database_url: str) -> None:
    async def clerk(tx: Tx, now: object) -> str:
        merchant = await service.create_merchant(tx, MerchantDraft(name="n"), now)
        draft = AccountDraft(role=Role.CLERK, name="Mei", pin="999999", merchant_id=merchant.merchant_id)
        return (await service.create_account(tx, draft, now)).account_id

    account_id = await database.run(clerk)
    await begin_in_one_window()
    answers = sum(await together(database_url, PROCESSES, guess_pins, account_id), Counter())
    assert answers == {WrongPin.code: 5, TooManyRequests.code: 35}


async def test_a_revoked_session_is_let_in_nowhere(database: Database, database_url: str) -> None:
    async with database.transaction() as (tx, now):
        draft = AccountDraft(role=Role.MEMBER, name="m", member_id=new_id("mem"))
        account = await service.create_account(tx, draft, now)
        token, session = await service.open_session(tx, account.account_id, ttl_s=600, now=now)
    answers = await together(database_url, PROCESSES, hold_session, token, session.session_id)
    revoked_at = -answers[0]
    assert all(last < revoked_at + 1 for last in answers[1:]), [last - revoked_at for last in answers[1:]]
