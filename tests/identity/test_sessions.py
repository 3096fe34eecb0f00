"""Authenticate from memory, put misses together, and forget at once what was revoked."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import pytest

from fairday.identity import rules, service
from fairday.identity import sessions as module
from fairday.identity.sessions import Sessions
from fairday.identity.types import AccountDraft
from fairday.kernel.errors import Busy
from fairday.kernel.http.principal import Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database

UNKNOWN = rules.new_token(rules.SESSION_PREFIX)


@pytest.fixture
async def sessions(database: Database) -> AsyncIterator[Sessions]:
    """Return the sessions of a process that hears revocations."""
    sessions = Sessions(database)
    task = asyncio.create_task(sessions.follow())
    await _until(lambda: sessions._is_listening)
    yield sessions
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _until(is_so: Callable[[], object], timeout_s: float = 5.0) -> None:
    ends = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < ends, "it did not happen in time"
        await asyncio.sleep(0.005)


async def made(database: Database, count: int) -> list[tuple[str, str, str]]:
    """Return (token, session id, account id) of members of their own."""
    async with database.transaction() as (tx, now):
        drafts = [AccountDraft(role=Role.MEMBER, name="m", member_id=new_id("mem")) for _ in range(count)]
        accounts = await service.create_accounts(tx, drafts, now)
        ids = [account.account_id for account in accounts]
        opened = await service.open_sessions(tx, ids, ttl_s=600, now=now)
    return [(token, session.session_id, session.account_id) for token, session in opened]


async def test_concurrent_misses_are_answered_each_with_its_own(
    sessions: Sessions, database: Database
) -> None:
    people = await made(database, 300)
    asked = [token for token, _, _ in people] * 2 + [UNKNOWN]
    found = await asyncio.gather(*(sessions.authenticate(token) for token in asked))
    assert [None if one is None else one.account_id for one in found] == [
        account_id for _, _, account_id in people
    ] * 2 + [None]


async def test_a_hit_takes_microseconds_and_no_query(sessions: Sessions, database: Database) -> None:
    [(token, _, _)] = await made(database, 1)
    first = await sessions.authenticate(token)
    started = time.perf_counter()
    for _ in range(10_000):
        assert await sessions.authenticate(token) is first
    assert (time.perf_counter() - started) / 10_000 < 20e-6


@pytest.mark.parametrize("how", ["session", "account", "everyone"])
async def test_a_revocation_is_heard_at_once(sessions: Sessions, database: Database, how: str) -> None:
    [(token, session_id, account_id)] = await made(database, 1)
    others = [account for _, _, account in await made(database, 150)] if how == "everyone" else []
    assert await sessions.authenticate(token) is not None
    async with database.transaction() as (tx, _):
        if how == "session":
            await service.revoke_session(tx, session_id)
        else:
            await service.end_sessions(tx, [account_id, *others])
    started = time.monotonic()
    while await sessions.authenticate(token) is not None:
        assert time.monotonic() - started < 1
        await asyncio.sleep(0)


async def test_what_was_read_before_a_revocation_is_not_kept_after_it(
    sessions: Sessions, database: Database
) -> None:
    [(token, _, account_id)] = await made(database, 1)
    asking = asyncio.create_task(sessions.authenticate(token))
    while sessions._asking is None or sessions._waiting:  # noqa: ASYNC110 - no event tells of a query under way
        await asyncio.sleep(0)
    sessions._forget(account_id)  # the announcement arrives while the query is under way
    assert await asking is not None
    assert token not in sessions._kept


async def test_nothing_is_kept_while_nobody_listens(database: Database) -> None:
    deaf = Sessions(database)
    [(token, session_id, _)] = await made(database, 1)
    assert await deaf.authenticate(token) is not None
    assert not deaf._kept
    async with database.transaction() as (tx, _):
        await service.revoke_session(tx, session_id)
    assert await deaf.authenticate(token) is None


async def test_a_dropped_listener_empties_the_memory_and_comes_back(
    sessions: Sessions, database: Database
) -> None:
    [(token, _, _)] = await made(database, 1)
    assert await sessions.authenticate(token) is not None
    assert sessions._kept
    await database.pool.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name <> 'fairday' AND pid <> pg_backend_pid()"
    )
    await _until(lambda: not sessions._kept)
    assert await sessions.authenticate(token) is not None
    await _until(lambda: sessions._is_listening)


async def test_a_session_is_kept_no_longer_than_it_lives(sessions: Sessions, database: Database) -> None:
    [(_, _, account_id)] = await made(database, 1)
    async with database.transaction() as (tx, now):
        token, _ = await service.open_session(tx, account_id, ttl_s=0.3, now=now)
    assert await sessions.authenticate(token) is not None
    await asyncio.sleep(0.35)
    assert await sessions.authenticate(token) is None


async def test_the_memory_is_bounded(
    sessions: Sessions, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT_MAX", 10)
    people = await made(database, 35)
    for token, _, _ in people:
        await sessions.authenticate(token)
        assert len(sessions._kept) <= 10


async def test_too_many_who_wait_are_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING_MAX", 5)
    deaf = Sessions(database)
    tokens = [rules.new_token(rules.SESSION_PREFIX) for _ in range(8)]
    answers = await asyncio.gather(*(deaf.authenticate(token) for token in tokens), return_exceptions=True)
    assert sum(isinstance(answer, Busy) for answer in answers) == 3
    assert answers.count(None) == 5
