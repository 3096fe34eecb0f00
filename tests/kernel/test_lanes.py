"""Lanes give each caller its own answer after the commit, once per key, and refuse rather than grow."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import asyncpg
import msgspec
import pytest

from fairday.kernel.errors import Busy, IdempotencyConflict, Refusal
from fairday.kernel.idempotency import Key, key_of
from fairday.kernel.lanes import Lane
from fairday.kernel.tx import Database, Tx


class Taken(msgspec.Struct, frozen=True):
    """Tell which place was taken."""

    place: int


class SoldOut(Refusal):
    """Refuse when nothing is left."""

    code = "sold_out"


@pytest.fixture
async def counter(database: Database) -> AsyncIterator[str]:
    """Return the name of a table with one counter row, committed."""
    name = f"test_counter_{uuid.uuid4().hex}"
    await database.pool.execute(
        f"CREATE TABLE {name} (taken int NOT NULL, cap int NOT NULL CHECK (taken <= cap))"
    )
    await database.pool.execute(f"INSERT INTO {name} VALUES (0, 1000)")
    yield name
    await database.pool.execute(f"DROP TABLE {name}")


def taking(table: str, sizes: list[int]) -> object:
    """Return a batch verb that takes one place for each request and refuses the request "none"."""

    async def take(tx: Tx, requests: Sequence[str], now: datetime) -> list[Taken | Refusal]:
        sizes.append(len(requests))
        if "poison" in requests:
            raise asyncpg.CheckViolationError("poison")
        wanted = [request for request in requests if request != "none"]
        last = await tx.fetchval(f"UPDATE {table} SET taken = taken + $1 RETURNING taken", len(wanted))
        places = iter(range(last - len(wanted) + 1, last + 1))
        return [SoldOut() if request == "none" else Taken(next(places)) for request in requests]

    return take


def new_key(body: bytes = b"") -> Key:
    return key_of("acc_1", "POST /x", uuid.uuid4().hex, body)


async def test_concurrent_requests_share_few_commits(database: Database, counter: str) -> None:
    sizes: list[int] = []
    lane: Lane[str] = Lane("test", database, taking(counter, sizes), in_flight_max=1)
    answers = await asyncio.gather(*(lane.submit("one", new_key()) for _ in range(300)))
    assert sorted(msgspec.json.decode(a.body)["place"] for a in answers) == list(range(1, 301))
    assert len(sizes) < 30
    assert await database.pool.fetchval(f"SELECT taken FROM {counter}") == 300


async def test_a_lone_request_waits_for_nobody(database: Database, counter: str) -> None:
    lane: Lane[str] = Lane("test", database, taking(counter, []))
    answer = await lane.submit("one", new_key())
    assert answer.body == b'{"place":1}'
    assert not answer.is_replay


async def test_refusals_reach_only_their_caller(database: Database, counter: str) -> None:
    lane: Lane[str] = Lane("test", database, taking(counter, []))
    results = await asyncio.gather(
        *(lane.submit(r, new_key()) for r in ("one", "none", "one")), return_exceptions=True
    )
    assert [type(result).__name__ for result in results] == ["Answer", "SoldOut", "Answer"]


async def test_the_same_key_has_one_effect(database: Database, counter: str) -> None:
    lane: Lane[str] = Lane("test", database, taking(counter, []))
    other: Lane[str] = Lane("test", database, taking(counter, []))
    key = new_key()
    answers = await asyncio.gather(*((lane if i % 2 else other).submit("one", key) for i in range(50)))
    assert {answer.body for answer in answers} == {b'{"place":1}'}
    assert sum(not answer.is_replay for answer in answers) == 1
    assert await database.pool.fetchval(f"SELECT taken FROM {counter}") == 1


async def test_the_same_key_with_another_body_is_refused(database: Database, counter: str) -> None:
    lane: Lane[str] = Lane("test", database, taking(counter, []))
    header = uuid.uuid4().hex
    await lane.submit("one", key_of("a", "r", header, b"1"))
    with pytest.raises(IdempotencyConflict):
        await lane.submit("one", key_of("a", "r", header, b"2"))
    await lane.submit("one", key_of("another", "r", header, b"2"))


async def test_a_poisonous_request_fails_alone(database: Database, counter: str) -> None:
    lane: Lane[str] = Lane("test", database, taking(counter, []))
    results = await asyncio.gather(
        *(lane.submit(r, new_key()) for r in ("one", "poison", "one")), return_exceptions=True
    )
    assert [type(result).__name__ for result in results] == ["Answer", "CheckViolationError", "Answer"]
    assert await database.pool.fetchval(f"SELECT taken FROM {counter}") == 2


async def test_a_full_lane_refuses_with_retry_after(database: Database, counter: str) -> None:
    lane: Lane[str] = Lane("test", database, taking(counter, []), queue_max=5, in_flight_max=1)
    results = await asyncio.gather(
        *(lane.submit("one", new_key()) for _ in range(20)), return_exceptions=True
    )
    busy = [result for result in results if isinstance(result, Busy)]
    assert busy
    assert busy[0].details["retry_after_s"] >= 1
    assert await database.pool.fetchval(f"SELECT taken FROM {counter}") == 20 - len(busy)


async def test_a_lost_connection_is_tried_again_with_one_effect(database: Database, counter: str) -> None:
    sizes: list[int] = []
    take = taking(counter, sizes)

    async def flaky(tx: Tx, requests: Sequence[str], now: datetime) -> object:
        result = await take(tx, requests, now)  # type: ignore[operator]  # a plain function of the test
        if len(sizes) == 1:
            await tx.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return result

    lane: Lane[str] = Lane("test", database, flaky)
    answer = await lane.submit("one", new_key())
    assert answer.body == b'{"place":1}'
    assert await database.pool.fetchval(f"SELECT taken FROM {counter}") == 1
