"""Many events of one transaction are one row of the log, and still events of their own to every reader (I52-I56)."""

import os
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from fairday.kernel import ids, outbox
from fairday.kernel.events import Event, Recorded
from fairday.kernel.tx import Database, Tx
from tests.conftest import make_database
from tests.kernel.log import until_readable

NOW = datetime(2026, 11, 11, tzinfo=UTC)


class Happened(Event, frozen=True, kw_only=True):
    """Stand for a fact about a thing of a merchant."""

    SUBJECT: ClassVar[str] = "thing_id"
    thing_id: str
    merchant_id: str | None = None
    number: int


class Other(Event, frozen=True, kw_only=True):
    """Stand for a fact of another kind, about nothing."""

    number: int


def facts(run: str, count: int) -> list[Event]:
    """Return facts about several things, every fourth of another kind."""
    return [
        Other(number=n)
        if n % 4 == 3
        else Happened(thing_id=f"{run}-{n % 3}", merchant_id=run if n % 2 else None, number=n)
        for n in range(count)
    ]


async def publish(database: Database, events: Sequence[Event]) -> None:
    async with database.transaction() as (tx, _):
        await outbox.publish(tx, events, NOW)
    await until_readable(database)


async def read(database: Database, consumer: str, batch_max: int, poison: int = -1) -> list[Recorded]:
    """Read to the end in batches of `batch_max`."""
    seen: list[Recorded] = []

    async def effect(tx: Tx, events: Sequence[Recorded], now: datetime) -> None:
        assert len(events) <= batch_max
        if any(event.data["number"] == poison for event in events):
            raise ValueError("poison")
        seen.extend(events)

    while await outbox.consume(database, consumer, effect, batch_max=batch_max):
        pass
    return seen


async def start(database: Database) -> str:
    """Return a new consumer at the end of the log."""
    run = uuid.uuid4().hex

    async def nothing(tx: Tx, events: Sequence[Recorded], now: datetime) -> None:
        pass

    await until_readable(database)
    while await outbox.consume(database, run, nothing):
        pass
    return run


async def test_a_bundle_is_one_row_and_each_event_has_an_id_and_a_place_of_its_own(
    database: Database,
) -> None:
    run = await start(database)
    events = facts(run, 50)
    async with database.transaction() as (tx, _):
        await outbox.publish(tx, events[:30], NOW)
        await outbox.publish(tx, events[30:31], NOW)
        await outbox.publish(tx, events[31:], NOW)
        rows = await tx.fetch("SELECT count FROM kernel.outbox WHERE xid = pg_current_xact_id() ORDER BY id")
    assert [row["count"] for row in rows] == [30, 1, 19]
    await until_readable(database)
    seen = await read(database, run, 1000)
    assert [event.data["number"] for event in seen] == list(range(50))
    assert len({event.event_id for event in seen}) == 50
    places = [(event.xid, event.id) for event in seen]
    assert places == sorted(set(places))
    assert [(e.type, e.subject, e.merchant_id) for e in seen[:4]] == [
        ("kernel.Happened", f"{run}-0", None),
        ("kernel.Happened", f"{run}-1", run),
        ("kernel.Happened", f"{run}-2", None),
        ("kernel.Other", "", None),
    ]


async def test_a_cursor_may_stand_in_the_middle_of_a_bundle(database: Database) -> None:
    run = await start(database)
    second = f"{run}-second"
    await database.pool.execute(
        "INSERT INTO kernel.cursor (consumer, xid, id) SELECT $2, xid, id FROM kernel.cursor WHERE consumer = $1",
        run, second,
    )  # fmt: skip
    for start_at in (0, 20, 40):
        await publish(database, facts(run, 60)[start_at : start_at + 20])
    by_seven, at_once = await read(database, run, 7), await read(database, second, 1000)
    assert [event.data["number"] for event in by_seven] == list(range(60))
    assert by_seven == at_once


async def test_one_poison_event_of_a_bundle_is_parked_alone(database: Database) -> None:
    run = await start(database)
    await publish(database, facts(run, 12))
    seen = await read(database, run, 100, poison=5)
    assert [event.data["number"] for event in seen] == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]
    parked = await database.pool.fetch(
        "DELETE FROM kernel.parked_event WHERE consumer = $1 RETURNING xid::text, id, event_id", run
    )
    stands = await database.pool.fetchrow(
        "SELECT event_id, data->>'number' AS number FROM kernel.event WHERE xid = $1::text::xid8 AND id = $2",
        parked[0]["xid"], parked[0]["id"],
    )  # fmt: skip
    assert (len(parked), stands["number"], stands["event_id"]) == (1, "5", parked[0]["event_id"])


async def test_a_replay_gives_what_was_read_and_nothing_behind_the_cursor(tx: Tx) -> None:
    await tx.execute("DELETE FROM kernel.outbox")
    events = facts("r", 40)
    for at in (0, 10, 11, 30):
        await outbox.publish(tx, events[at : {0: 10, 10: 11, 11: 30, 30: 40}[at]], NOW)
    middle = await tx.fetchrow(
        "SELECT xid::text AS xid, id FROM kernel.event WHERE (data->>'number')::int = 24 ORDER BY xid DESC LIMIT 1"
    )
    assert middle is not None
    await tx.execute(
        "INSERT INTO kernel.cursor (consumer, xid, id) VALUES ('replayer', $1::text::xid8, $2)",
        middle["xid"], middle["id"],
    )  # fmt: skip
    for batch_max in (1, 4, 1000):
        seen: list[int] = []

        async def effect(tx: Tx, some: Sequence[Recorded], now: datetime, seen: list[int] = seen) -> None:
            seen += [event.data["number"] for event in some]

        async def forget(tx: Tx) -> None:
            pass

        types = frozenset({"kernel.Happened"})
        count = await outbox.replay(tx, "replayer", forget, effect, types, NOW, batch_max=batch_max)
        assert seen == [n for n in range(25) if n % 4 != 3]
        assert count == len(seen)


async def test_the_view_tells_the_same_as_the_reader(database: Database) -> None:
    run = await start(database)
    await publish(database, facts(run, 9))
    await publish(database, facts(run, 1))
    seen = await read(database, run, 100)
    rows = await database.pool.fetch(
        "SELECT xid::text AS xid, id, event_id, type, subject, merchant_id, happened_at, recorded_at, data"
        " FROM kernel.event WHERE event_id = ANY($1) ORDER BY event.xid, id",
        [event.event_id for event in seen],
    )
    assert [Recorded(int(row["xid"]), *list(row)[1:]) for row in rows] == seen


async def test_a_long_publish_is_several_rows(database: Database) -> None:
    run = await start(database)
    await publish(database, facts(run, outbox.BUNDLE_MAX * 2 + 1))
    assert len(await read(database, run, 300)) == outbox.BUNDLE_MAX * 2 + 1


async def test_a_restored_log_keeps_its_order_and_every_event_a_place(postgres_url: str) -> None:
    """Run, in a database of its own that nobody else writes to, what docs/operations.md says on places that two sessions took in turns, one inside the other's range."""
    database = await Database.connect(
        await make_database(postgres_url, f"fairday_restored_{os.getpid()}"), size=1
    )
    async with database.transaction() as (tx, _):
        entry = ["kernel.Happened", "s", None]
        for xid, last, numbers in (
            (500, 305, range(10)),
            (501, 300, range(10, 15)),
            (499, 400, range(-3, 0)),
        ):
            await tx.execute(
                "INSERT INTO kernel.outbox (xid, id, event_id, type, subject, happened_at, data, count, types) OVERRIDING SYSTEM VALUE"
                " VALUES ($1::text::xid8, $2, $3, '', '', $4, $5, $6, ARRAY['kernel.Happened'])",
                str(xid), last, ids.new_id("evt"), NOW, [[*entry, {"number": n}] for n in numbers], len(numbers),
            )  # fmt: skip
        page = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
        statements = page.read_text("utf-8").split("```sql")[1].split("```")[0]
        assert "kernel.outbox" in statements
        await tx.execute("INSERT INTO kernel.cursor (consumer) VALUES ('restored')")
        await tx.execute(statements)
        seen: list[int] = []

        async def effect(tx: Tx, some: Sequence[Recorded], now: datetime) -> None:
            seen.extend(event.data["number"] for event in some)

        async def forget(tx: Tx) -> None:
            pass

        await outbox.replay(tx, "restored", forget, effect, frozenset({"kernel.Happened"}), NOW, batch_max=4)
        assert seen == list(range(-3, 15))
    await database.close()


def test_ids_of_one_batch_are_sorted_and_can_be_reckoned() -> None:
    made = ids.new_ids("evt", 300)
    assert made == sorted(set(made))
    assert [ids.after(made[0], n) for n in range(300)] == made
    assert {len(one) for one in made} == {len(ids.new_id("evt"))}
