"""The count under contention: four processes sell while two workers count; nothing is lost, nothing counts twice."""

import asyncio
from datetime import timedelta

from fairday.kernel import outbox
from fairday.kernel.tx import Database
from fairday.screen import rules, service
from fairday.screen.invariants import INVARIANTS
from tests.races.together import together
from tests.screen.builders import claimed, paid

PROCESSES = 4
BATCHES = 25
CURRENCY = "XRC"


async def sell_or_count(database: Database, number: int, currency: str) -> int:
    """Sell in every process; in two of them also count, as two workers would."""
    counting = asyncio.create_task(_count(database)) if number < 2 else None
    sold = 0
    for step in range(BATCHES):
        async with database.transaction() as (tx, now):
            orders = [
                paid(now + timedelta(milliseconds=70 * n), currency=currency, total_minor=1 + number + step)
                for n in range(4)
            ]
            await outbox.publish(tx, [*orders, orders[0], claimed()], now)
            await asyncio.sleep(0.005 * (number + 1))
        sold += sum(order.total_minor for order in orders)
    if counting:
        counting.cancel()
    return sold


async def _count(database: Database) -> None:
    while True:
        await outbox.consume(database, service.CONSUMER, service.count, types=rules.COUNTED, batch_max=7)
        await asyncio.sleep(0)


async def all_counted(database: Database) -> None:
    """Count until nothing is unread; another worker may hold the cursor meanwhile."""
    for _ in range(400):
        await outbox.consume(database, service.CONSUMER, service.count, types=rules.COUNTED)
        async with database.transaction() as (tx, _):
            if await outbox.unread_age_s(tx, service.CONSUMER, rules.COUNTED) is None:
                return
        await asyncio.sleep(0.05)
    raise AssertionError("the count does not reach the end of the log")


async def test_every_order_counts_exactly_once(database: Database, database_url: str) -> None:
    sold = await together(database_url, PROCESSES, sell_or_count, CURRENCY)
    await all_counted(database)
    assert (
        await database.pool.fetch("SELECT * FROM kernel.parked_event WHERE consumer = $1", service.CONSUMER)
        == []
    )
    row = await database.pool.fetchrow(
        "SELECT gmv_minor, orders_count FROM screen.total WHERE currency = $1 AND dimension = 'all'", CURRENCY
    )
    assert tuple(row) == (sum(sold), PROCESSES * BATCHES * 4)
    for invariant in INVARIANTS:
        assert await database.pool.fetch(invariant.query) == [], invariant.promise
    async with database.transaction() as (tx, now):
        before = await tx.fetch("SELECT * FROM screen.total ORDER BY currency, dimension, key")
        await service.rebuild(tx, now)
        assert await tx.fetch("SELECT * FROM screen.total ORDER BY currency, dimension, key") == before
