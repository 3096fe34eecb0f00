"""Counting in a transaction that is rolled back: exactly once, monotone, and the same when built anew."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from fairday.kernel import outbox
from fairday.kernel.events import Event
from fairday.kernel.tx import Tx
from fairday.screen import service
from fairday.screen.invariants import INVARIANTS
from fairday.screen.types import ScreenTotals
from tests.screen.builders import MERCHANT, claimed, paid, recorded, redeemed, refunded, registered

T = datetime(2031, 11, 11, 4, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def empty(tx: Tx) -> None:
    """Begin without what other tests committed."""
    await tx.execute("DELETE FROM kernel.outbox")
    await tx.execute("DELETE FROM kernel.cursor WHERE consumer = $1", service.CONSUMER)
    await service.store.forget(tx)


async def announce(tx: Tx, events: Sequence[Event]) -> None:
    """Write `events` into the log and count them, with the cursor at the end, as the worker does."""
    for event in events:
        await outbox.publish(tx, [event], getattr(event, "paid_at", T))
    await service.count(tx, [recorded(event, getattr(event, "paid_at", T)) for event in events], T)
    await tx.execute(
        "INSERT INTO kernel.cursor (consumer, xid, id) SELECT $1, xid, id FROM kernel.outbox ORDER BY xid DESC, id DESC LIMIT 1"
        " ON CONFLICT (consumer) DO UPDATE SET xid = excluded.xid, id = excluded.id",
        service.CONSUMER,
    )


async def shown(tx: Tx, now: datetime = T) -> ScreenTotals:
    await service.look(tx)
    return await service.totals(tx, now)


async def holds(tx: Tx) -> None:
    for invariant in INVARIANTS:
        assert await tx.fetch(invariant.query) == [], invariant.promise


async def test_an_empty_shop_shows_zero_and_is_not_stale(tx: Tx) -> None:
    totals = await shown(tx)
    assert (totals.gmv_minor, totals.orders_count, totals.as_of, totals.series) == (0, 0, None, [])
    assert (totals.currency, totals.stale, totals.delay_ms) == ("CNY", False, 0)
    await tx.execute("UPDATE screen.state SET looked_at = clock_timestamp() - interval '6 s'")
    assert (await service.totals(tx, T)).stale


async def test_a_day_is_counted_by_every_dimension(tx: Tx) -> None:
    first = paid(T, total_minor=500)
    orders = [
        first,
        paid(T, channel="in_store", store_id="sto_1", region_id="CN-BJ", total_minor=300),
        paid(
            T - timedelta(seconds=20),
            channel="in_store",
            store_id="sto_2",
            region_id="CN-BJ",
            total_minor=200,
        ),
    ]
    await announce(tx, [*orders, claimed(), claimed(), redeemed(), registered(), refunded(first, T, 100)])
    totals = await shown(tx, T + timedelta(seconds=1))
    assert (totals.gmv_minor, totals.gmv_online_minor, totals.gmv_in_store_minor) == (1_000, 500, 500)
    assert (totals.orders_count, totals.refunded_minor) == (3, 100)
    assert (totals.claims_count, totals.redemptions_count, totals.members_count) == (2, 1, 1)
    assert (totals.orders_per_s, totals.orders_per_s_peak, totals.orders_per_s_peak_at) == (0.2, 2, T)
    assert [(one.region_id, one.gmv_minor) for one in totals.provinces] == [("CN-BJ", 500), ("CN-SH", 500)]
    assert [(one.store_id, one.gmv_minor) for one in totals.top_stores] == [("sto_1", 300), ("sto_2", 200)]
    assert [(one.sku_id, one.quantity, one.gmv_minor) for one in totals.top_products] == [("sku_1", 6, 1_000)]
    assert [(one.gmv_minor, one.orders_count) for one in totals.series] == [(200, 1), (0, 0), (800, 2)]
    (share,) = (await service.of_merchant(tx, MERCHANT)).totals
    assert (share.gmv_minor, share.refunded_minor, share.orders_count) == (1_000, 500, 3)
    assert (await service.of_merchant(tx, "mer_other")).totals == []
    await holds(tx)


async def test_an_order_announced_again_later_changes_nothing(tx: Tx) -> None:
    order = paid(T)
    await announce(tx, [order])
    await announce(tx, [order, order])
    assert (await shown(tx)).orders_count == 1
    await holds(tx)


async def test_built_anew_the_totals_are_the_same(tx: Tx) -> None:
    orders = [
        paid(
            T + timedelta(milliseconds=137 * n),
            total_minor=100 + n,
            region_id=("CN-BJ", None, "CN-GD-SZ")[n % 3],
            currency=("CNY", "JPY")[n % 7 == 0],
        )
        for n in range(60)
    ]
    await announce(tx, [*orders[:30], claimed()])
    await announce(tx, [*orders[30:], *[refunded(order, T) for order in orders[::9]], redeemed()])
    before = await shown(tx, T + timedelta(minutes=1))
    assert await service.rebuild(tx, T) == 60 + 7 + 2
    assert await shown(tx, T + timedelta(minutes=1)) == before
    await holds(tx)


async def test_unread_events_are_told_as_delay(tx: Tx) -> None:
    await announce(tx, [paid(T)])
    await outbox.publish(tx, [paid(T)], T)
    await tx.execute("UPDATE kernel.outbox SET recorded_at = clock_timestamp() - interval '3 s'")
    totals = await shown(tx)
    assert 3_000 <= totals.delay_ms < 4_000
    assert not totals.stale
    await tx.execute("UPDATE kernel.outbox SET recorded_at = clock_timestamp() - interval '6 s'")
    assert (await shown(tx)).stale
    await tx.execute(
        "UPDATE kernel.outbox SET type = 'orders.Fulfilled' WHERE (xid, id) > (SELECT xid, id FROM kernel.cursor WHERE consumer = $1)",
        service.CONSUMER,
    )
    assert (await shown(tx)).delay_ms == 0


async def test_a_published_total_cannot_fall(tx: Tx) -> None:
    await announce(tx, [paid(T)])
    savepoint = tx.transaction()
    await savepoint.start()
    with pytest.raises(asyncpg.RaiseError, match="does not fall"):
        await tx.execute("UPDATE screen.total SET gmv_minor = gmv_minor - 1")
    await savepoint.rollback()


async def test_the_currency_with_most_orders_is_shown(tx: Tx) -> None:
    await announce(tx, [paid(T), paid(T, currency="JPY"), paid(T, currency="JPY")])
    totals = await shown(tx)
    assert (totals.currency, totals.orders_count) == ("JPY", 2)
