"""Offer reports: count the log, tell a series against the period before, list the orders behind a bar."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from fairday.kernel.events import Recorded
from fairday.kernel.http.routes import Page
from fairday.kernel.tx import Tx
from fairday.orders import service as orders
from fairday.orders.types import OrderSummary
from fairday.reports import rules, store
from fairday.reports.types import BehindQuery, Series, SeriesPoint, SeriesQuery, Sums

CONSUMER = "reports"


async def count(tx: Tx, events: Sequence[Recorded], now: datetime) -> None:
    """Add a batch of events to the sums. A reaction: sums and cursor commit together."""
    tally = rules.tally(events)
    if tally.sales:
        await store.add_sales(tx, tally.sales)
    if tally.uses:
        await store.add_uses(tx, tally.uses)


async def series(tx: Tx, merchant_id: str | None, query: SeriesQuery, now: datetime) -> Series:
    """Tell sales of a merchant, or with None of all. Raises: BadWindow."""
    until = query.until or now
    since = query.since or until - timedelta(hours=24)
    starts = rules.steps(since, until, query.step, query.time_zone)
    begin = starts[0]
    before = rules.steps(begin - (until - begin), begin, query.step, query.time_zone)
    # The same number of steps, aligned from the newest: a day more or less by the calendar falls off the far end.
    before = before[-len(starts) :]
    current = await _read(tx, merchant_id, query, begin, until)
    previous = await _read(tx, merchant_id, query, before[0], begin)
    shift = len(starts) - len(before)
    points = [
        SeriesPoint(
            at,
            current.get(at, Sums()),
            before[max(0, place - shift)],
            previous.get(before[place - shift], Sums()) if place >= shift else Sums(),
        )
        for place, at in enumerate(starts)
    ]
    return Series(
        currency=query.currency,
        time_zone=query.time_zone,
        step=query.step,
        since=begin,
        until=until,
        previous_since=before[0],
        merchant_id=merchant_id,
        points=points,
        totals=rules.summed([point.sums for point in points]),
        previous_totals=rules.summed([point.previous for point in points]),
        definition=rules.DEFINITION,
        definition_en=rules.DEFINITION_EN,
    )


async def _read(
    tx: Tx, merchant_id: str | None, query: SeriesQuery, since: datetime, until: datetime
) -> dict[datetime, Sums]:
    found = await store.sales(
        tx,
        query.currency,
        merchant_id or "",
        (since, until),
        query.channel,
        query.store_id,
        query.step,
        query.time_zone,
    )
    if query.channel is None and query.store_id is None:
        used = await store.uses(tx, merchant_id, (since, until), query.step, query.time_zone)
        for at, sums in used.items():
            found[at] = rules.plus(found.get(at, Sums()), sums)
    return found


async def behind(tx: Tx, merchant_id: str | None, query: BehindQuery) -> Page[OrderSummary]:
    """Return the orders behind a bar, the newest payment first; for a merchant with its own part's amounts."""
    return await orders.list_paid(
        tx,
        merchant_id,
        since=query.since,
        until=query.until,
        channel=query.channel,
        store_id=query.store_id,
        limit=query.limit,
        cursor=query.cursor,
    )
