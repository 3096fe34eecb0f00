"""The log loses nothing and repeats nothing: readers stay behind the oldest open transaction (I52-I56)."""

import asyncio
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from fairday.kernel import outbox
from fairday.kernel.events import Event, Recorded
from fairday.kernel.tx import Database, Tx
from tests.kernel.log import until_readable


class Happened(Event, frozen=True, kw_only=True):
    """Stand for a fact."""

    SUBJECT: ClassVar[str] = "thing_id"
    thing_id: str
    number: int


def test_type_is_domain_and_class() -> None:
    assert Happened.type_name() == "kernel.Happened"


async def read_all(database: Database, consumer: str, seen: list[int], run: str, **more: object) -> int:
    async def effect(tx: Tx, events: Sequence[Recorded], now: datetime) -> None:
        numbers = [event.data["number"] for event in events if event.data.get("thing_id") == run]
        if "poison" in more and more["poison"] in numbers:
            raise ValueError("poison")
        seen.extend(numbers)

    total = 0
    while read := await outbox.consume(database, consumer, effect, types=frozenset({"kernel.Happened"})):
        total += read
    return total


async def test_a_slow_transaction_is_not_skipped(database: Database) -> None:
    run, seen = uuid.uuid4().hex, []
    now = datetime.now(UTC)
    started, may_commit = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with database.transaction() as (tx, _):
            await outbox.publish(tx, [Happened(thing_id=run, number=1)], now)
            started.set()
            await may_commit.wait()

    task = asyncio.create_task(slow())
    await started.wait()
    async with database.transaction() as (tx, _):
        await outbox.publish(tx, [Happened(thing_id=run, number=2)], now)
    await read_all(database, run, seen, run)
    assert seen == []
    may_commit.set()
    await task
    await until_readable(database)
    await read_all(database, run, seen, run)
    assert seen == [1, 2]
    await read_all(database, run, seen, run)
    assert seen == [1, 2]


async def test_two_readers_of_one_cursor_apply_each_event_once(database: Database) -> None:
    run, seen = uuid.uuid4().hex, []
    await read_all(database, run, [], run)
    for start in range(0, 100, 10):
        async with database.transaction() as (tx, now):
            await outbox.publish(
                tx, [Happened(thing_id=run, number=n) for n in range(start, start + 10)], now
            )
    await until_readable(database)
    await asyncio.gather(*(read_all(database, run, seen, run) for _ in range(3)))
    await read_all(database, run, seen, run)
    assert seen == list(range(100))


async def test_a_poison_event_is_parked_and_blocks_nothing(database: Database) -> None:
    run, seen = uuid.uuid4().hex, []
    await read_all(database, run, [], run)
    async with database.transaction() as (tx, now):
        await outbox.publish(tx, [Happened(thing_id=run, number=n) for n in range(5)], now)
    await until_readable(database)
    await read_all(database, run, seen, run, poison=2)
    assert seen == [0, 1, 3, 4]
    parked = await database.pool.fetch(
        "DELETE FROM kernel.parked_event WHERE consumer = $1 RETURNING error", run
    )
    assert [row["error"] for row in parked] == ["ValueError('poison')"]


async def test_a_rolled_back_fact_is_never_told(database: Database) -> None:
    run, seen = uuid.uuid4().hex, []
    with pytest.raises(RuntimeError):
        async with database.transaction() as (tx, now):
            await outbox.publish(tx, [Happened(thing_id=run, number=1)], now)
            raise RuntimeError
    await read_all(database, run, seen, run)
    assert seen == []


async def test_transactions_are_read_in_the_order_of_their_numbers_not_of_their_digits(tx: Tx) -> None:
    """Read 9, 10, 99, 100 in this order: as text, 10 stands before 9 and a reader would skip or repeat."""
    await tx.execute("DELETE FROM kernel.outbox")
    await tx.execute(
        "INSERT INTO kernel.outbox (xid, event_id, type, subject, happened_at, data)"
        " SELECT n::text::xid8, 'evt_' || n, 'kernel.Happened', '', clock_timestamp(), '{}'"
        " FROM unnest(ARRAY[100, 9, 99, 10]) AS n"
    )
    rows = await tx.fetch(outbox.sql.read_events, "0", 0, 3)
    assert [row["xid"] for row in rows] == ["9", "10", "99"]
    last = rows[-1]
    assert [row["xid"] for row in await tx.fetch(outbox.sql.read_events, last["xid"], last["id"], 3)] == [
        "100"
    ]
    again = await tx.fetch(outbox.sql.read_events_until, "0", 0, "100", 2**62, ["kernel.Happened"], 10)
    assert [row["xid"] for row in again] == ["9", "10", "99", "100"]


async def test_who_waits_is_told_without_taking_the_cursor(database: Database) -> None:
    run, seen = uuid.uuid4().hex, []
    assert await outbox.who_waits(database, [run]) == {run}, "who never read waits for its first look"

    async def tell(*numbers: int) -> None:
        async with database.transaction() as (tx, now):
            await outbox.publish(tx, [Happened(thing_id=run, number=number) for number in numbers], now)
        await until_readable(database)

    async def effect(tx: Tx, events: Sequence[Recorded], now: datetime) -> None:
        seen.extend(event.data["number"] for event in events if event.data.get("thing_id") == run)

    await tell(1)
    while await outbox.consume(database, run, effect):
        pass
    assert await outbox.who_waits(database, [run]) == set()
    await tell(2, 3, 4)
    async with database.transaction() as (tx, _):
        await tx.fetchrow(outbox.sql.lock_cursor, run)
        assert await outbox.who_waits(database, [run]) == {run}, "also while another worker holds the cursor"
    await outbox.consume(database, run, effect, batch_max=2)
    assert seen == [1, 2, 3]
    assert await outbox.who_waits(database, [run]) == {run}, "the rest of a bundle waits"
    await outbox.consume(database, run, effect)
    assert seen == [1, 2, 3, 4]
    assert await outbox.who_waits(database, [run]) == set()
