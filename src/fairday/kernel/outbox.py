"""Announce facts in the transaction that made them, and read them back as a log, each exactly once per consumer.

Guarantee: a consumer that follows its cursor sees every committed event once, in `(xid, id)` order, and its effect
and its cursor commit together. Source: reliability finding 4, I52-I56.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import structlog

from fairday.kernel.events import Event, Recorded
from fairday.kernel.ids import after, new_ids
from fairday.kernel.sql import Queries
from fairday.kernel.tx import TRANSIENT, Database, Tx

sql = Queries("fairday.kernel", "outbox.sql")
log = structlog.get_logger(__name__)

BUNDLE_MAX = 500
"""Most events of one row; `read_events_until` looks twice as far behind a cursor for the row it stands in."""

Effect = Callable[[Tx, Sequence[Recorded], datetime], Awaitable[None]]


async def publish(tx: Tx, events: Sequence[Event], now: datetime) -> None:
    """Append `events` to the log inside the caller's transaction; `now` is when they happened.

    Several become one row, a bundle: a row, its index entry and its trip to the database cost more than what they say.
    """
    for start in range(0, len(events), BUNDLE_MAX):
        some = events[start : start + BUNDLE_MAX]
        entries = [
            (
                event.type_name(),
                getattr(event, event.SUBJECT, ""),
                getattr(event, event.MERCHANT, None),
                event,
            )
            for event in some
        ]
        first_id = new_ids("evt", 1)[0]
        if len(some) == 1:
            type_name, subject, merchant_id, event = entries[0]
            await tx.execute(sql.insert_event, first_id, type_name, subject, merchant_id, now, event)
        else:
            types = sorted({entry[0] for entry in entries})
            await tx.execute(sql.insert_bundle, first_id, now, entries, len(some), types)


async def who_waits(database: Database, consumers: Sequence[str]) -> set[str]:
    """Return those of `consumers` for whom there is something to read, without taking a cursor or writing anything."""
    async with database.pool.acquire(timeout=5) as connection:
        return {row["consumer"] for row in await connection.fetch(sql.who_waits, consumers)}


async def consume(
    database: Database,
    consumer: str,
    effect: Effect,
    *,
    types: frozenset[str] | None = None,
    batch_max: int = 1000,
) -> int:
    """Read the next batch behind `consumer`'s cursor, apply `effect`, move the cursor, commit; return events read.

    Events outside `types` are passed over. When the effect fails for the batch, it is tried event by event; one
    that still fails is parked with its error and blocks nothing else. Another process that holds the same cursor
    makes this call return 0.
    """
    try:
        return await _consume(database, consumer, effect, types, batch_max)
    except TRANSIENT:
        raise
    except Exception as error:
        log.warning("reaction batch failed, going one by one", consumer=consumer, error=repr(error))
    read = 0
    for _ in range(batch_max):
        try:
            step = await _consume(database, consumer, effect, types, 1)
        except TRANSIENT:
            raise
        except Exception as error:
            step = await _park(database, consumer, repr(error))
        if step == 0:
            break
        read += step
    return read


async def _consume(
    database: Database, consumer: str, effect: Effect, types: frozenset[str] | None, batch_max: int
) -> int:
    async with database.transaction() as (tx, now):
        events = await _next(tx, consumer, batch_max)
        if not events:
            return 0
        wanted = [event for event in events if types is None or event.type in types]
        if wanted:
            await effect(tx, wanted, now)
        last = events[-1]
        await tx.execute(sql.move_cursor, consumer, str(last.xid), last.id)
    return len(events)


async def replay(
    tx: Tx,
    consumer: str,
    forget: Callable[[Tx], Awaitable[None]],
    effect: Effect,
    types: frozenset[str],
    now: datetime,
    *,
    batch_max: int = 1000,
) -> int:
    """Run `forget`, then give `effect` once more everything that `consumer` has read; return how many events.

    The cursor is held first and until the transaction ends, so that the consumer is at rest between two batches: what it
    has counted is all there to be forgotten. For totals that are built anew.
    """
    await tx.execute(sql.ensure_cursor, consumer)
    end = await tx.fetchrow(sql.wait_for_cursor, consumer)
    assert end is not None
    await forget(tx)
    xid, id_, read = "0", 0, 0
    until = int(end["xid"]), end["id"]
    while True:
        rows = await tx.fetch(
            sql.read_events_until, xid, id_, end["xid"], end["id"], sorted(types), batch_max
        )
        events = [event for event in _behind(rows, (int(xid), id_), batch_max) if _place(event) <= until]
        if not events:
            return read
        wanted = [event for event in events if event.type in types]
        if wanted:
            await effect(tx, wanted, now)
        xid, id_, read = str(events[-1].xid), events[-1].id, read + len(wanted)


async def unread_age_s(tx: Tx, consumer: str, types: frozenset[str]) -> float | None:
    """Return the age in seconds of the oldest event of `types` that `consumer` has not read, None when there is none."""
    age_s: float | None = await tx.fetchval(sql.oldest_unread, consumer, sorted(types))
    return age_s


async def _next(tx: Tx, consumer: str, batch_max: int) -> list[Recorded]:
    cursor = await tx.fetchrow(sql.lock_cursor, consumer)
    if cursor is None:
        await tx.execute(sql.ensure_cursor, consumer)
        cursor = await tx.fetchrow(sql.lock_cursor, consumer)
        if cursor is None:
            return []
    rows = await tx.fetch(sql.read_events, cursor["xid"], cursor["id"], batch_max)
    return _behind(rows, (int(cursor["xid"]), cursor["id"]), batch_max)


def _behind(rows: Sequence[Any], cursor: tuple[int, int], events_max: int) -> list[Recorded]:
    """Return the events of `rows` behind the cursor, which may stand in the middle of the first; at most `events_max`."""
    found: list[Recorded] = []
    for row in rows:
        found += [event for event in _events(row) if _place(event) > cursor]
        if len(found) >= events_max:
            return found[:events_max]
    return found


def _place(event: Recorded) -> tuple[int, int]:
    return event.xid, event.id


def _events(row: Any) -> list[Recorded]:
    """Take a row apart into its events, each with a place and an id of its own. `kernel.event` does the same in SQL."""
    xid, last, count = int(row["xid"]), row["id"], row["count"]
    event_id, happened_at, recorded_at, data = (
        row["event_id"],
        row["happened_at"],
        row["recorded_at"],
        row["data"],
    )
    if count == 1:
        return [
            Recorded(
                xid,
                last,
                event_id,
                row["type"],
                row["subject"],
                row["merchant_id"],
                happened_at,
                recorded_at,
                data,
            )
        ]
    begin = last - count + 1
    return [
        Recorded(
            xid, begin + n, after(event_id, n), type_name, subject, merchant, happened_at, recorded_at, one
        )
        for n, (type_name, subject, merchant, one) in enumerate(data)
    ]


async def _park(database: Database, consumer: str, error: str) -> int:
    async with database.transaction() as (tx, _):
        events = await _next(tx, consumer, 1)
        for event in events:
            log.error("event parked", consumer=consumer, event_id=event.event_id, error=error)
            await tx.execute(sql.park_event, consumer, str(event.xid), event.id, event.event_id, error)
            await tx.execute(sql.move_cursor, consumer, str(event.xid), event.id)
        return len(events)
