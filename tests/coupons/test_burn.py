"""How a budget burns: what each event adds, alerts once each, a forecast, and the recall of what nobody used."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fairday.coupons import recalling, service
from fairday.coupons.burn_types import BurnQuery, Step
from fairday.coupons.claims import LockRequest
from fairday.coupons.errors import WrongStatus
from fairday.coupons.rules import burning as rules
from fairday.coupons.rules.burning import Change
from fairday.kernel.events import Recorded
from fairday.kernel.tx import Tx
from tests.coupons import builders
from tests.coupons.builders import wishes
from tests.coupons.looks import counters, status
from tests.coupons.test_http import Town, live, refused, town  # noqa: F401 - a fixture

AT = datetime(2026, 11, 11, 0, 30, tzinfo=UTC)


def event(kind: str, coupon_id: str, at: datetime = AT, **data: Any) -> Recorded:
    return Recorded(
        1, 1, "evt_1", f"coupons.{kind}", coupon_id, None, at, at, {"coupon_id": coupon_id, **data}
    )


@pytest.mark.parametrize(
    ("kind", "data", "change"),
    [
        ("Claimed", {}, Change(1, 500, 0, 0)),
        ("Expired", {}, Change(0, -500, 0, 0)),
        ("Voided", {}, Change(0, -500, 0, 0)),
        ("Redeemed", {"amount_minor": 300}, Change(0, 0, 1, 300)),
        ("Returned", {"amount_minor": 300, "restored": True}, Change(0, 0, -1, -300)),
        ("Returned", {"amount_minor": 300, "restored": False}, Change(0, -500, -1, -300)),
    ],
)
def test_what_an_event_adds(kind: str, data: dict[str, Any], change: Change) -> None:
    got = Change()
    rules.add(got, f"coupons.{kind}", data, 500)
    assert got == change


@pytest.mark.parametrize(
    ("value", "cap", "least", "percents"),
    [
        (0, 1000, 1, ()),
        (799, 1000, 1, ()),
        (800, 1000, 1, (80,)),
        (949, 1000, 1, (80,)),
        (950, 1000, 1, (80, 95)),
        (999, 1000, 1, (80, 95)),
        (1000, 1000, 1, (80, 95, 100)),
        (700, 1000, 301, (100,)),
        (700, 1000, 300, ()),
    ],
)
def test_alerts_are_due_at_their_percents(
    value: int, cap: int, least: int, percents: tuple[int, ...]
) -> None:
    assert rules.reached(value, cap, least_minor=least) == percents


@pytest.mark.parametrize(
    ("left", "pace", "expected"),
    [
        (0, 0, AT),
        (100, 0, None),
        (100, 100, AT + timedelta(hours=1)),
        (1199, 100, AT + timedelta(hours=11, minutes=59, seconds=24)),
        (1200, 100, None),
    ],
)
def test_a_forecast_goes_on_at_the_pace_of_the_last_hour(
    left: int, pace: int, expected: datetime | None
) -> None:
    assert rules.runs_out_at(left, pace, AT, AT + timedelta(hours=12)) == expected


def test_pace_is_of_the_last_hour_and_never_negative() -> None:
    hour = timedelta(hours=1)
    rows = [(AT - hour - timedelta(microseconds=1), 900), (AT - hour, 100), (AT, 50)]
    assert rules.pace_per_h(rows, AT) == 150
    assert rules.pace_per_h([(AT, -5)], AT) == 0


async def alerts_told(tx: Tx, coupon_id: str) -> list[tuple[str, int]]:
    rows = await tx.fetch(
        "SELECT data FROM kernel.event WHERE type = 'coupons.BudgetReached' AND subject = $1 ORDER BY id",
        coupon_id,
    )
    return [(row["data"]["measure"], row["data"]["percent"]) for row in rows]


async def test_each_alert_is_told_once(tx: Tx, now: datetime) -> None:
    coupon_id = await builders.offered(tx, now, quantity_max=20, budget_minor=10_000)
    await service.claim(tx, wishes(coupon_id, 16), now)
    for _ in range(2):
        await service.count_burn(tx, [event("Claimed", coupon_id, now)], now)
    assert await alerts_told(tx, coupon_id) == [("committed", 80)]
    await service.claim(tx, wishes(coupon_id, 4), now)
    await service.count_burn(tx, [event("Claimed", coupon_id, now)], now)
    assert await alerts_told(tx, coupon_id) == [("committed", 80), ("committed", 95), ("committed", 100)]
    counted, template = await service.read_one(tx, coupon_id)
    burn = await service.burn(tx, counted, template, BurnQuery(), now)
    assert sorted(((one.percent, one.value_minor) for one in burn.alerts), reverse=True) == [
        (100, 10_000),
        (95, 10_000),
        (80, 8_000),
    ]
    assert (burn.forecasts[0].left_minor, burn.forecasts[0].runs_out_at) == (0, now)


async def test_the_series_tells_where_it_stood(tx: Tx, now: datetime) -> None:
    coupon_id = await builders.offered(tx, now)
    start = now.replace(minute=0, second=0, microsecond=0)
    await service.count_burn(
        tx,
        [
            event("Claimed", coupon_id, start),
            event("Claimed", coupon_id, start + timedelta(seconds=59)),
            event("Claimed", coupon_id, start + timedelta(seconds=60)),
            event("Redeemed", coupon_id, start + timedelta(hours=1), amount_minor=500),
        ],
        now,
    )
    counted, template = await service.read_one(tx, coupon_id)
    window = {"since": start, "until": start + timedelta(hours=2)}
    by_minute = await service.burn(tx, counted, template, BurnQuery(**window), now)
    assert by_minute.step is Step.MINUTE
    assert [(one.issued_count, one.spent_minor) for one in by_minute.points] == [(2, 0), (3, 0), (3, 500)]
    later = BurnQuery(since=start + timedelta(seconds=60), until=window["until"], step=Step.HOUR)
    by_hour = await service.burn(tx, counted, template, later, now)
    assert [(one.issued_count, one.committed_minor) for one in by_hour.points] == [(3, 1500), (3, 1500)]


async def test_a_recall_voids_what_nobody_used(tx: Tx, now: datetime) -> None:
    coupon_id = await builders.offered(tx, now, budget_minor=5_000)
    unused, held = [await builders.claimed(tx, now, coupon_id, f"mem_{n}") for n in (1, 2)]
    await service.lock(tx, [LockRequest(held.claim_id, "mem_2", "ord_1", now + timedelta(minutes=15))], now)
    first = await service.recall(tx, coupon_id, "wrong amount", by="acc_1", now=now)
    again = await service.recall(tx, coupon_id, "another reason", by="acc_2", now=now)
    assert (first.voided_count, first.finished_at, again) == (1, None, first)
    assert [await status(tx, one.claim_id) for one in (unused, held)] == ["voided", "locked"]
    assert (await counters(tx, coupon_id))["committed"] == 500
    assert await recalling.void_recalled(tx, now) == 0
    await service.release(tx, ["ord_1"], now)
    for _ in range(3):
        await recalling.void_recalled(tx, now)
    done = await service.recall_of(tx, coupon_id)
    assert done is not None
    assert (done.voided_count, done.finished_at, done.reason) == (2, now, "wrong amount")
    assert await counters(tx, coupon_id) == {"issued": 2, "committed": 0, "redeemed": 0, "spent": 0}
    told = await tx.fetch(
        "SELECT data FROM kernel.event WHERE type = 'coupons.Voided' AND subject = $1", coupon_id
    )
    assert {row["data"]["member_id"] for row in told} == {"mem_1", "mem_2"}
    assert {row["data"]["reason"] for row in told} == {"wrong amount"}


async def test_a_recall_works_in_batches(tx: Tx, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalling, "BATCH", 3)
    coupon_id = await builders.offered(tx, now)
    await service.claim(tx, wishes(coupon_id, 10), now)
    seen = [(await service.recall(tx, coupon_id, "x", by="acc_1", now=now)).voided_count]
    for _ in range(5):
        seen.append(seen[-1] + await recalling.void_recalled(tx, now))
    assert seen == [3, 6, 9, 10, 10, 10]
    assert (await service.recall_of(tx, coupon_id)).finished_at == now  # type: ignore[union-attr]  # it was recalled


async def test_a_draft_is_not_recalled(tx: Tx, now: datetime) -> None:
    draft = await service.create(tx, None, builders.terms(now), by="acc_1", now=now)
    with pytest.raises(WrongStatus):
        await service.recall(tx, draft.coupon_id, "x", by="acc_1", now=now)


async def test_an_issuer_watches_and_recalls_over_http(town: Town) -> None:  # noqa: F811 - the fixture
    coupon_id = await live(town, quantity_max=1)
    await town.merchant.patch(f"/coupons/{coupon_id}", {"quantity_max": 2})
    claim = await town.member.post(f"/coupons/{coupon_id}/claims", {})
    ends = time.monotonic() + 20
    while not (burn := await town.merchant.get(f"/coupons/{coupon_id}/burn"))["points"]:
        assert time.monotonic() < ends, "the worker did not count"
        await asyncio.sleep(0.1)
    assert burn["points"][-1]["issued_count"] == 1
    await refused(town.stranger.get(f"/coupons/{coupon_id}/burn"), 404, "coupon_unknown")
    versions = (await town.merchant.get(f"/coupons/{coupon_id}/versions"))["versions"]
    assert [(one["version"], one["changed"]) for one in versions] == [(2, ["quantity_max"]), (1, [])]
    await refused(town.merchant.get(f"/coupons/{coupon_id}/recalls"), 404, "not_found")
    await refused(town.stranger.post(f"/coupons/{coupon_id}/recalls", {"reason": "x"}), 404, "coupon_unknown")
    recalled = await town.merchant.post(f"/coupons/{coupon_id}/recalls", {"reason": "misprint"})
    assert recalled["voided_count"] == 1
    mine = await town.member.get(f"/claims/{claim['claim_id']}")
    assert mine["status"] == "voided"
    await refused(town.member.post(f"/claims/{claim['claim_id']}/codes"), 409, "claim_voided")
    await refused(town.other.post(f"/coupons/{coupon_id}/claims", {}), 409, "coupon_not_live")
    assert (await town.stranger.get("/budget-alerts"))["items"] == []
    await refused(town.stranger.get("/budget-alerts", merchant_id=town.merchant_id), 404, "not_found")
