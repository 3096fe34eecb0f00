"""Each condition at its exact boundaries: what holds, what does not, and the reason that is told. Source: R1, R9, R13."""

from typing import Any

import pytest

from fairday.promotions.engine import price
from tests.promotions.documents import document, fixed

MEMBER = {"tier": "gold", "segments": ["s1", "s2"], "order_count": 4}
GUEST: dict[str, Any] = {}


def hours(start: str, end: str) -> dict[str, Any]:
    return {"type": "hours", "from": start, "until": end}


def when(instant: str) -> dict[str, Any]:
    return {"now": instant}


ELEVENTH = [
    {"phase_id": "p", "starts_at": "2026-11-11T00:00:00+08:00", "ends_at": "2026-11-12T00:00:00+08:00"}
]
ROWS: list[tuple[dict[str, Any], dict[str, Any], str | None, int | None]] = [
    # a window is half-open, on the microsecond
    ({"type": "window", "from": "2026-11-11T12:00:00+08:00"}, {}, None, None),
    ({"type": "window", "from": "2026-11-11T12:00:00.000001+08:00"}, {}, "not_started", None),
    ({"type": "window", "until": "2026-11-11T12:00:00.000001+08:00"}, {}, None, None),
    ({"type": "window", "until": "2026-11-11T12:00:00+08:00"}, {}, "ended", None),
    # phases likewise
    ({"type": "phase", "phase_ids": ["p"]}, {"phases": ELEVENTH} | when("2026-11-11T00:00:00+08:00"), None, None),
    ({"type": "phase", "phase_ids": ["p"]}, {"phases": ELEVENTH} | when("2026-11-10T23:59:59.999999+08:00"), "phase_not_open", None),
    ({"type": "phase", "phase_ids": ["p"]}, {"phases": ELEVENTH} | when("2026-11-12T00:00:00+08:00"), "phase_not_open", None),
    ({"type": "phase", "phase_ids": ["q"]}, {"phases": ELEVENTH}, "phase_not_open", None),
    # hours are of the zone, over midnight when they end before they begin, and through a change of the clock
    (hours("12:00", "12:01"), {}, None, None),
    (hours("11:00", "12:00"), {}, "outside_hours", None),
    (hours("22:00", "02:00"), when("2026-11-11T01:59:59+08:00"), None, None),
    (hours("22:00", "02:00"), when("2026-11-11T02:00:00+08:00"), "outside_hours", None),
    (hours("22:00", "02:00"), when("2026-11-11T22:00:00+08:00"), None, None),
    (hours("04:00", "05:00"), {"zone": "UTC"}, None, None),
    (hours("02:00", "03:00"), {"zone": "Europe/Berlin"} | when("2026-10-25T01:30:00+00:00"), None, None),
    (hours("02:00", "03:00"), {"zone": "Europe/Berlin"} | when("2026-10-25T00:30:00+00:00"), None, None),
    (hours("02:00", "03:00"), {"zone": "Europe/Berlin"} | when("2026-03-29T01:00:00+00:00"), "outside_hours", None),
    ({"type": "weekdays", "days": [3]}, {}, None, None),
    ({"type": "weekdays", "days": [3]}, when("2026-11-11T00:00:00+08:00"), None, None),
    ({"type": "weekdays", "days": [3]}, when("2026-11-12T00:00:00+08:00"), "wrong_weekday", None),
    # where and how
    ({"type": "place", "place_ids": ["s1"]}, {"place_id": "s1"}, None, None),
    ({"type": "place", "place_ids": ["s1"]}, {"place_id": "s2"}, "wrong_place", None),
    ({"type": "place", "place_ids": ["s1"]}, {}, "wrong_place", None),
    ({"type": "channel", "channels": ["live"]}, {"channel": "live"}, None, None),
    ({"type": "channel", "channels": ["live", "in_store"]}, {}, "wrong_channel", None),
    ({"type": "region", "region_ids": ["r"]}, {"region_id": "r"}, None, None),
    ({"type": "region", "region_ids": ["r"]}, {}, "wrong_region", None),
    ({"type": "payment_method", "methods": ["wallet"]}, {"payment_method": "wallet"}, None, None),
    ({"type": "payment_method", "methods": ["wallet"]}, {"payment_method": "card"}, "wrong_payment_method", None),
    # how much: 75.00 in three pieces
    ({"type": "quantity", "min": 3}, {}, None, None),
    ({"type": "quantity", "min": 5}, {}, "below_quantity", 2),
    ({"type": "quantity", "min": 1, "max": 2}, {}, "above_quantity", None),
    ({"type": "quantity", "min": 2, "items": {"category_ids": ["cup"]}}, {}, None, None),
    ({"type": "quantity", "min": 3, "items": {"category_ids": ["cup"]}}, {}, "below_quantity", 1),
    ({"type": "quantity", "min": 2}, {"lines": {"k": "2.500"}}, "below_quantity", 1),
    ({"type": "amount", "min_minor": 7500}, {}, None, None),
    ({"type": "amount", "min_minor": 7501}, {}, "below_amount", 1),
    ({"type": "amount", "max_minor": 7500}, {}, None, None),
    ({"type": "amount", "max_minor": 7499}, {}, "above_amount", None),
    ({"type": "amount", "min_minor": 1000, "items": {"skus": ["a"], "exclude": {"tags": ["new"]}}}, {}, "below_amount", 1000),
    ({"type": "amount", "min_minor": 1725}, {"lines": {"k": "2.500"}}, None, None),
    ({"type": "amount", "min_minor": 1726}, {"lines": {"k": "2.500"}}, "below_amount", 1),
    ({"type": "weight", "min_g": 500}, {}, None, None),
    ({"type": "weight", "min_g": 501}, {}, "below_weight", 1),
    ({"type": "weight", "max_g": 2499}, {"lines": {"k": "2.500"}}, "above_weight", None),
    ({"type": "weight", "min_g": 2500}, {"lines": {"k": "2.500"}}, None, None),
    # who
    ({"type": "order_number", "nth": 5}, {"member": MEMBER}, None, None),
    ({"type": "order_number", "nth": 4}, {"member": MEMBER}, "wrong_order_number", None),
    ({"type": "order_number", "nth": 5, "every": True}, {"member": MEMBER | {"order_count": 9}}, None, None),
    ({"type": "order_number", "nth": 1}, {}, "member_needed", None),
    ({"type": "tier", "tiers": ["gold"]}, {"member": MEMBER}, None, None),
    ({"type": "tier", "tiers": ["silver"]}, {"member": MEMBER}, "wrong_tier", None),
    ({"type": "tier", "tiers": ["gold"]}, {}, "member_needed", None),
    ({"type": "segment", "segments": ["s2"]}, {"member": MEMBER}, None, None),
    ({"type": "segment", "segments": ["s3"]}, {"member": MEMBER}, "wrong_segment", None),
    ({"type": "new_member"}, {"member": {"order_count": 0}}, None, None),
    ({"type": "new_member"}, {"member": {"order_count": 1}}, "not_new_member", None),
    ({"type": "new_member"}, {}, "member_needed", None),
    # what the shopper brings; codes as people type them (R13)
    ({"type": "code", "codes": ["DOUBLE11"]}, {"codes": ["  double１１ "]}, None, None),
    ({"type": "code", "codes": ["DOUBLE11"]}, {"codes": ["DOUBLE12"]}, "code_needed", None),
    ({"type": "coupon_held", "offer_id": "o0"}, {}, "coupon_needed", None),
    ({"type": "first_n", "n": 100}, {"counters": {"o0": 99}}, None, None),
    ({"type": "first_n", "n": 100}, {"counters": {"o0": 100}}, "used_up", None),
    ({"type": "first_n", "n": 100}, {"counters": {"another": 100}}, None, None),
    # together
    ({"type": "all", "of": [{"type": "new_member"}, {"type": "quantity", "min": 9}]}, {}, "member_needed", None),
    ({"type": "all", "of": [{"type": "quantity", "min": 9}, {"type": "new_member"}]}, {}, "below_quantity", 6),
    ({"type": "any", "of": [{"type": "quantity", "min": 9}, {"type": "quantity", "min": 3}]}, {}, None, None),
    ({"type": "any", "of": [{"type": "quantity", "min": 9}, {"type": "new_member"}]}, {}, "below_quantity", 6),
    ({"type": "not", "of": {"type": "quantity", "min": 4}}, {}, None, None),
    ({"type": "not", "of": {"type": "quantity", "min": 3}}, {}, "excluded_by_condition", None),
    ({"type": "all", "of": [{"type": "first_n", "n": 5}]}, {"counters": {"o0": 5}}, "used_up", None),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "cart", "reason", "missing"), ROWS)
def test_a_condition_holds_or_tells_why_not(
    condition: dict[str, Any], cart: dict[str, Any], reason: str | None, missing: int | None
) -> None:
    found = price(document(fixed(condition=condition), **cart))
    if reason is None:
        assert [one.offer_id for one in found.applied] == ["o0"], found.refused
    else:
        assert [(one.reason, one.missing) for one in found.refused] == [(reason, missing)]
        assert found.refused[0].text
        assert found.refused[0].text_zh
        assert found.discount_minor == 0


ITEMS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"a", "b", "c"}),
    ({"skus": ["a", "c"]}, {"a", "c"}),
    ({"merchant_ids": ["m1"]}, {"a", "b"}),
    ({"brands": ["B1", "B2"]}, {"a", "c"}),
    ({"category_ids": ["cup"]}, {"b", "c"}),
    ({"tags": ["new"]}, {"a"}),
    ({"category_ids": ["cup"], "merchant_ids": ["m2"]}, {"c"}),
    ({"category_ids": ["cup"], "exclude": {"category_ids": ["art"]}}, {"b"}),
    ({"exclude": {"skus": ["a"], "brands": ["B2"]}}, {"b"}),
    ({"price_min_minor": 2500}, {"b", "c"}),
    ({"price_max_minor": 2500}, {"a", "b"}),
    ({"price_min_minor": 2501, "price_max_minor": 3999}, set()),
]


@pytest.mark.parametrize(("items", "skus"), ITEMS)
def test_items_choose_goods(items: dict[str, Any], skus: set[str]) -> None:
    found = price(document({"lane": "item", "items": items, "benefit": {"type": "fixed", "amount_minor": 7}}))
    assert {line.sku for line in found.lines if line.allocations} == skus
    if not skus:
        assert [one.reason for one in found.refused] == ["no_eligible_items"]


def test_not_discounted_leaves_out_what_an_item_offer_or_a_timed_price_lowered() -> None:
    item = {"lane": "item", "items": {"skus": ["a"]}, "benefit": {"type": "fixed", "amount_minor": 1}}
    whole = fixed(700, items={"not_discounted": True})
    found = price(document(item, whole))
    assert {line.sku: line.gross_minor - line.net_minor for line in found.lines} == {
        "a": 1,
        "b": 269,
        "c": 431,
    }


def test_a_threshold_counts_what_item_offers_left_and_nothing_later() -> None:
    item = {"lane": "item", "items": {"skus": ["c"]}, "benefit": {"type": "fixed", "amount_minor": 500}}
    shop = fixed(3000, lane="shop", merchant_id="m1")
    reached = fixed(700, condition={"type": "amount", "min_minor": 7000})
    missed = fixed(700, condition={"type": "amount", "min_minor": 7001})
    assert price(document(item, shop, reached)).discount_minor == 4200
    found = price(document(item, shop, missed))
    assert [(one.reason, one.missing) for one in found.refused] == [("below_amount", 1)]
    assert [(hint.offer_id, hint.add_minor, hint.saves_minor) for hint in found.hints] == [("o2", 1, 700)]


def test_half_a_million_price_changes_at_one_instant_are_found_by_time_alone() -> None:
    """One microsecond before, the old price; at the instant, the new one. Nothing runs in between (R3)."""
    product = {"sku": "a", "price_minor": 1000, "prices": [{"price_minor": 600, "from": "2026-11-11T00:00:00+08:00", "until": "2026-11-12T00:00:00+08:00"}]}  # fmt: skip
    for instant, expected in (
        ("2026-11-10T23:59:59.999999+08:00", 1000),
        ("2026-11-11T00:00:00+08:00", 600),
        ("2026-11-11T23:59:59.999999+08:00", 600),
        ("2026-11-12T00:00:00+08:00", 1000),
    ):
        assert price(document(products=[product], lines={"a": 1}, now=instant)).total_minor == expected
