"""Sales over time: what counts, how windows fall, who sees what, and the orders behind a bar."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from fairday.kernel.events import Recorded
from fairday.kernel.tx import Tx
from fairday.reports import rules, service
from fairday.reports.errors import BadWindow
from fairday.reports.types import BehindQuery, SeriesQuery, Step, Sums
from tests.client import Client, Problem
from tests.coupons.test_http import live

ELEVENTH = datetime(2026, 11, 10, 16, tzinfo=UTC)
"""Midnight in Shanghai."""


def paid(at: datetime, *lines: tuple[str, str, int, int], channel: str = "online", **more: Any) -> Recorded:
    data = {
        "order_id": f"ord_{uuid4().hex}", "channel": channel, "store_id": None, "currency": "XTS",
        "total_minor": sum(line[3] for line in lines), "paid_at": at.isoformat(), "lines": [list(line) for line in lines],
    } | more  # fmt: skip
    return Recorded(1, 1, "evt", "orders.Paid", data["order_id"], None, at, at, data)


def refunded(event: Recorded, at: datetime) -> Recorded:
    data = event.data | {"refunded_at": at.isoformat(), "refunded_minor": event.data["total_minor"]}
    return Recorded(1, 1, "evt", "orders.Refunded", event.subject, None, at, at, data)


def used(kind: str, merchant_id: str | None, at: datetime) -> Recorded:
    return Recorded(
        1, 1, "evt", f"coupons.{kind}", "cpn_1", merchant_id, at, at, {"merchant_id": merchant_id}
    )


TWO = (("sku_1", "mer_a", 2, 300), ("sku_2", "mer_b", 1, 700), ("sku_3", "mer_a", 1, 50))


def test_an_order_counts_whole_and_by_merchant() -> None:
    sales = rules.tally([paid(ELEVENTH + timedelta(minutes=14, seconds=59), *TWO)]).sales
    got = {key[1]: (one.gmv_minor, one.orders_count, one.units_count) for key, one in sales.items()}
    assert got == {"": (1050, 1, 4), "mer_a": (350, 1, 3), "mer_b": (700, 1, 1)}
    assert {key[2] for key in sales} == {ELEVENTH}


@pytest.mark.parametrize(
    ("since", "until", "step", "zone", "count", "first"),
    [
        (ELEVENTH, ELEVENTH + timedelta(hours=24), Step.HOUR, "Asia/Shanghai", 24, ELEVENTH),
        (ELEVENTH, ELEVENTH + timedelta(hours=24, seconds=1), Step.HOUR, "Asia/Shanghai", 25, ELEVENTH),
        (ELEVENTH + timedelta(minutes=59), ELEVENTH + timedelta(minutes=60), Step.HOUR, "Asia/Shanghai", 1, ELEVENTH),
        (ELEVENTH, ELEVENTH + timedelta(days=2), Step.DAY, "Asia/Shanghai", 2, ELEVENTH),
        # Kolkata's hours begin at the half hour; the day of the change of clocks has 25 hours.
        (ELEVENTH, ELEVENTH + timedelta(hours=1), Step.HOUR, "Asia/Kolkata", 2, ELEVENTH - timedelta(minutes=30)),
        (datetime(2026, 10, 25, 4, tzinfo=UTC), datetime(2026, 10, 27, 4, tzinfo=UTC), Step.DAY, "Europe/Berlin", 3,
         datetime(2026, 10, 24, 22, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_steps_follow_the_local_clock(
    since: datetime, until: datetime, step: Step, zone: str, count: int, first: datetime
) -> None:
    starts = rules.steps(since, until, step, zone)
    assert (len(starts), starts[0]) == (count, first)


@pytest.mark.parametrize(
    ("since", "until", "zone"),
    [
        (ELEVENTH, ELEVENTH, "Asia/Shanghai"),
        (ELEVENTH, ELEVENTH + timedelta(hours=401), "Asia/Shanghai"),
        (ELEVENTH, ELEVENTH + timedelta(hours=1), "Asia/Nowhere"),
    ],
)
def test_bad_windows_are_refused(since: datetime, until: datetime, zone: str) -> None:
    with pytest.raises(BadWindow):
        rules.steps(since, until, Step.HOUR, zone)


async def test_a_series_stands_beside_the_period_before(tx: Tx, now: datetime) -> None:
    sale = paid(ELEVENTH + timedelta(hours=1), *TWO)
    events = [
        paid(ELEVENTH - timedelta(hours=23), ("sku_1", "mer_a", 1, 100)),
        sale,
        paid(
            ELEVENTH + timedelta(hours=1, minutes=59),
            ("sku_1", "mer_a", 1, 5),
            channel="in_store",
            store_id="sto_1",
        ),
        refunded(sale, ELEVENTH + timedelta(hours=2)),
        used("Claimed", "mer_a", ELEVENTH),
        used("Redeemed", None, ELEVENTH + timedelta(hours=23, minutes=59)),
    ]
    before = (await service.series(tx, None, _day(), now)).totals
    await service.count(tx, events, now)
    whole = await service.series(tx, None, _day(), now)
    assert len(whole.points) == 24
    second = whole.points[1]
    assert (second.sums.gmv_minor, second.sums.orders_count, second.previous.gmv_minor) == (1055, 2, 100)
    assert second.previous_at == ELEVENTH - timedelta(hours=23)
    assert whole.points[2].sums.refunded_minor == 1050
    assert whole.totals.claims_count + whole.totals.redemptions_count == (
        before.claims_count + before.redemptions_count + 2
    )
    mine = await service.series(tx, "mer_a", _day(), now)
    assert (mine.totals.gmv_minor, mine.totals.refunded_minor, mine.totals.claims_count) == (355, 350, 1)
    store = await service.series(tx, None, _day(store_id="sto_1"), now)
    assert store.totals == Sums(gmv_minor=5, orders_count=1, units_count=1)
    by_day = await service.series(tx, "mer_a", _day(step=Step.DAY), now)
    assert [point.sums.gmv_minor for point in by_day.points] == [355]
    assert [point.previous.gmv_minor for point in by_day.points] == [100]


def _day(**changes: Any) -> SeriesQuery:
    return SeriesQuery(
        **({"since": ELEVENTH, "until": ELEVENTH + timedelta(hours=24), "currency": "XTS"} | changes)
    )


async def test_the_orders_behind_a_bar(tx: Tx) -> None:
    at = datetime(2031, 5, 5, tzinfo=UTC)
    for number in range(3):
        await tx.execute(
            "INSERT INTO orders.purchase (order_id, owner_id, member_id, channel, status, currency, gross_minor,"
            " discount_minor, total_minor, wallet_minor, cash_minor, claim_ids, placed_at, paid_at, trace, part_count,"
            " fulfilled_count) VALUES ($1, 'mem_x', 'mem_x', 'online', 'paid', 'CNY', 10, 0, 10, 10, 0, '{}', $2, $2, '{}', 1, 0)",
            f"ord_behind{number}",
            at + timedelta(minutes=number),
        )
        await tx.execute(
            "INSERT INTO orders.merchant_order VALUES ($1, 1, $2, 'paid', 'pickup', 10, 10, 0, 0, 0, 0, 10, $3)",
            f"ord_behind{number}",
            "mer_b" if number else "mer_a",
            at,
        )
    window = {"since": at, "until": at + timedelta(minutes=2, seconds=1)}
    seen, cursor = [], None
    while True:
        page = await service.behind(tx, None, BehindQuery(**window, limit=2, cursor=cursor))
        seen += [one.order_id for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["ord_behind2", "ord_behind1", "ord_behind0"]
    mine = await service.behind(tx, "mer_a", BehindQuery(**window))
    assert [one.order_id for one in mine.items] == ["ord_behind0"]
    assert mine.items[0].merchant_order_id is not None
    short = await service.behind(tx, None, BehindQuery(since=at, until=at + timedelta(minutes=2)))
    assert len(short.items) == 2


async def test_who_may_see_reports(town: Any) -> None:
    mine = await town.merchant.get("/reports/series")
    assert (mine["merchant_id"], len(mine["points"])) == (town.merchant_id, 25)
    assert (await town.operator.get("/reports/series"))["merchant_id"] is None
    for who, status in ((town.stranger, 404), (town.member, 403)):
        with pytest.raises(Problem) as refused:
            await who.get("/reports/series", merchant_id=town.merchant_id)
        assert refused.value.status == status
    with pytest.raises(Problem) as bad:
        await town.merchant.get("/reports/series", since="2026-11-11T00:00:00Z", until="2026-11-10T00:00:00Z")
    assert bad.value.code == "bad_window"
    with pytest.raises(Problem):
        await town.member.get("/reports/orders", since="2026-11-11T00:00:00Z", until="2026-11-12T00:00:00Z")


async def test_claims_are_counted_by_the_worker(town: Any) -> None:

    coupon_id = await live(town)
    await town.member.post(f"/coupons/{coupon_id}/claims", {})
    ends = time.monotonic() + 20
    while (await town.merchant.get("/reports/series"))["totals"]["claims_count"] != 1:
        assert time.monotonic() < ends, "the worker did not count"
        await asyncio.sleep(0.1)
    client: Client = town.stranger
    assert (await client.get("/reports/series"))["totals"]["claims_count"] == 0
