"""Orders' transitions, ids and views."""

from datetime import UTC, date, datetime

import pytest

from fairday.kernel.errors import NotFound
from fairday.orders import rules
from fairday.orders.errors import BadDays
from fairday.orders.types import (
    Channel,
    Fulfilment,
    Line,
    LineAllocation,
    MerchantOrder,
    Order,
    SalesQuery,
    Status,
)


def test_every_status_is_listed_and_reachable() -> None:
    assert set(rules.TRANSITIONS) == set(Status)
    reachable = set(rules.FIRST)
    for _ in Status:
        reachable |= {to for start in reachable for to in rules.TRANSITIONS[start]}
    assert reachable == set(Status)


def test_what_is_closed_stays_closed() -> None:
    assert not rules.TRANSITIONS[Status.CANCELLED]
    assert not rules.TRANSITIONS[Status.REFUNDED]


def test_part_ids_carry_the_order() -> None:
    assert rules.part_id("ord_0abc", 2) == "mor_0abc_2"
    assert rules.line_id("ord_0abc", 11) == "lin_0abc_11"
    assert rules.read_part_id("mor_0abc_2") == ("ord_0abc", 2)


@pytest.mark.parametrize(
    "bad", ["", "mor_", "mor_1", "ord_0abc_1", "mor_a_x", "mor_a_01", "mor_a_²", "mor_a_9999", "mor_a_-1"]
)
def test_other_ids_are_not_found(bad: str) -> None:
    with pytest.raises(NotFound):
        rules.read_part_id(bad)


def part(number: int, merchant_id: str, claim_id: str) -> MerchantOrder:
    line = Line(
        f"lin_1_{number}", "sku_1", "Tea", merchant_id, "sto_1", 1, 1000, 1000, 900,
        (LineAllocation(claim_id, "cpn_1", 1, 100, 40, 60),),
    )  # fmt: skip
    return MerchantOrder(
        f"mor_1_{number}",
        "ord_1",
        merchant_id,
        Status.PAID,
        Fulfilment.PICKUP,
        1000,
        900,
        60,
        40,
        0,
        47,
        893,
        (line,),
    )


def order(*parts: MerchantOrder) -> Order:
    gross, net = sum(p.gross_minor for p in parts), sum(p.net_minor for p in parts)
    at = datetime(2026, 11, 11, tzinfo=UTC)
    return Order(
        "ord_1", "mem_1", Channel.ONLINE, Status.PAID, "CNY", gross, gross - net, net, net, 0, "CN-SH", None, None, None,
        None, ("clm_a", "clm_b"), at, None, at, None, None, parts,
    )  # fmt: skip


def test_a_merchant_sees_its_part_only() -> None:
    seen = rules.own_part(order(part(1, "mer_1", "clm_a"), part(2, "mer_2", "clm_b")), "mer_2")
    assert seen is not None
    assert [p.merchant_id for p in seen.merchant_orders] == ["mer_2"]
    assert (seen.gross_minor, seen.discount_minor, seen.total_minor, seen.wallet_minor) == (
        1000,
        100,
        900,
        900,
    )
    assert seen.claim_ids == ("clm_b",)


def test_a_stranger_sees_nothing_and_a_lone_merchant_all() -> None:
    lone = order(part(1, "mer_1", "clm_a"))
    assert rules.own_part(lone, "mer_9") is None
    assert rules.own_part(lone, "mer_1") is lone


def test_days_are_those_of_the_zone_half_open() -> None:
    query = SalesQuery(from_day=date(2026, 11, 11), to_day=date(2026, 11, 11), time_zone="Asia/Shanghai")
    starts_at, ends_at = rules.days(query)
    assert starts_at == datetime(2026, 11, 10, 16, tzinfo=UTC)
    assert ends_at == datetime(2026, 11, 11, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "zone"),
    [
        (date(2026, 11, 2), date(2026, 11, 1), "UTC"),
        (date(2026, 11, 1), date(2026, 12, 2), "UTC"),
        (date(2026, 11, 1), date(2026, 11, 1), "Mars/Base"),
        (date(2026, 11, 1), date(2026, 11, 1), "../etc/passwd"),
        (date(9999, 12, 31), date(9999, 12, 31), "UTC"),
    ],
)
def test_bad_days_are_refused(first: date, last: date, zone: str) -> None:
    with pytest.raises(BadDays):
        rules.days(SalesQuery(from_day=first, to_day=last, time_zone=zone))


def test_thirty_one_days_are_the_most() -> None:
    assert rules.days(SalesQuery(from_day=date(2026, 10, 1), to_day=date(2026, 10, 31), time_zone="UTC"))
