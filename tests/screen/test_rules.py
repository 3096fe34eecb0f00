"""What counts, at the exact boundaries."""

from datetime import UTC, datetime, timedelta

import pytest

from fairday.festivals.types import Festival, FestivalNow, FestivalStatus, Phase, PhaseKind
from fairday.places.service import province_of
from fairday.screen import rules
from tests.screen.builders import MERCHANT, claimed, paid, recorded, redeemed, refunded, registered

T = datetime(2026, 11, 10, 16, 0, 0, tzinfo=UTC)
US = timedelta(microseconds=1)


def tally(*events: object, fresh: set[str] | None = None) -> rules.Tally:
    found = [recorded(event, T) for event in events]
    return rules.tally(found, set(rules.paid_orders(found)) if fresh is None else fresh, province_of)


def test_an_order_counts_in_each_dimension_once() -> None:
    order = paid(
        T,
        channel="in_store",
        store_id="sto_1",
        region_id="CN-GD-SZ",
        total_minor=300,
        lines=[("sku_1", "mer_a", 1, 100), ("sku_2", "mer_a", 2, 150), ("sku_1", "mer_b", 1, 50)],
    )
    parts = {
        part: (one.gmv_minor, one.orders_count, one.quantity) for part, one in tally(order).parts.items()
    }
    assert parts == {
        ("CNY", "all", ""): (300, 1, 4),
        ("CNY", "channel", "in_store"): (300, 1, 4),
        ("CNY", "province", "CN-GD"): (300, 1, 4),
        ("CNY", "store", "sto_1"): (300, 1, 4),
        ("CNY", "product", "sku_1"): (150, 1, 2),
        ("CNY", "product", "sku_2"): (150, 1, 2),
        ("CNY", "merchant", "mer_a"): (250, 1, 3),
        ("CNY", "merchant", "mer_b"): (50, 1, 1),
    }


def test_an_order_announced_twice_counts_once() -> None:
    order = paid(T)
    assert tally(order, order).parts[("CNY", "all", "")].orders_count == 1
    assert tally(order, fresh=set()).parts == {}


def test_a_refund_stands_apart_and_does_not_lower_the_gross() -> None:
    order = paid(T)
    whole = tally(order, refunded(order, T, 4_000)).parts[("CNY", "all", "")]
    assert (whole.gmv_minor, whole.refunded_minor, whole.orders_count) == (10_000, 4_000, 1)
    assert tally(order, refunded(order, T)).parts[("CNY", "merchant", MERCHANT)].refunded_minor == 10_000


def test_places_that_nobody_named_sum_under_an_empty_key() -> None:
    parts = tally(paid(T, region_id=None), paid(T, region_id="CN"), paid(T, region_id="CN-BJ")).parts
    assert {part[2]: one.orders_count for part, one in parts.items() if part[1] == "province"} == {
        "": 2,
        "CN-BJ": 1,
    }


def test_currencies_are_never_added() -> None:
    parts = tally(paid(T), paid(T, currency="JPY", total_minor=7)).parts
    assert parts[("CNY", "all", "")].gmv_minor == 10_000
    assert parts[("JPY", "all", "")].gmv_minor == 7


def test_counters_and_the_newest_event() -> None:
    found = [
        recorded(claimed(), T),
        recorded(claimed(), T + US),
        recorded(redeemed(), T),
        recorded(registered(), T - US),
    ]
    got = rules.tally(found, set(), province_of)
    assert got.counters == {"claims": 2, "redemptions": 1, "members": 1}
    assert got.as_of == T + US


def test_an_order_falls_into_the_second_in_which_it_was_paid() -> None:
    seconds = tally(paid(T - US), paid(T), paid(T + timedelta(seconds=1) - US)).seconds
    assert {at: one.orders_count for (_, at), one in seconds.items()} == {T - timedelta(seconds=1): 1, T: 2}


@pytest.mark.parametrize(
    ("unread", "looked", "stale"),
    [
        (None, 0.0, False),
        (None, 5.0, False),
        (None, 5.001, True),
        (None, None, True),
        (5.0, 1.0, False),
        (5.001, 1.0, True),
    ],
)
def test_a_dead_worker_is_stale_and_a_quiet_shop_is_not(
    unread: float | None, looked: float | None, stale: bool
) -> None:
    assert rules.is_stale(unread, looked) is stale


def test_quiet_buckets_are_zero_and_what_is_not_counted_yet_is_missing() -> None:
    ten = timedelta(seconds=10)
    rows = [(T, 5, 1), (T + 2 * ten, 7, 2)]
    shown = rules.series(rows, T + 4 * ten + US, T + 4 * ten + US)
    assert [(one.at, one.gmv_minor, one.orders_count) for one in shown] == [
        (T, 5, 1), (T + ten, 0, 0), (T + 2 * ten, 7, 2), (T + 3 * ten, 0, 0), (T + 4 * ten, 0, 0),
    ]  # fmt: skip
    assert [one.at for one in rules.series(rows, T + 4 * ten, T + 2 * ten)] == [T, T + ten, T + 2 * ten]
    assert rules.series([], T, T) == []
    assert len(rules.series([(T - rules.SERIES, 1, 1)], T, T)) == 181


def phase(number: int, kind: PhaseKind, starts: datetime, ends: datetime) -> Phase:
    return Phase(f"pha_{number}", kind, f"第{number}", "", starts, ends)


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        (T - US, None),
        (T, "warm_up"),
        (T + timedelta(hours=1), "gap"),
        (T + timedelta(hours=2), "sale"),
        (T + timedelta(hours=3), None),
    ],
)
def test_the_phase_on_the_screen(now: datetime, kind: str | None) -> None:
    hour = timedelta(hours=1)
    phases = (
        phase(1, PhaseKind.PRESALE_DEPOSIT, T, T + hour),
        phase(2, PhaseKind.SALE, T + 2 * hour, T + 3 * hour),
    )
    running = next((one for one in phases if one.starts_at <= now < one.ends_at), None)
    coming = next((one for one in phases if one.starts_at > now), None)
    held = Festival("fes_1", "节", "", "Asia/Shanghai", FestivalStatus.LIVE, 1, phases)
    shown = rules.festival(FestivalNow(now, held, running, coming, None))
    assert shown is not None
    assert (shown.phase.kind if shown.phase else None) == kind
    assert shown.name_en is None
    assert rules.festival(None) is None
