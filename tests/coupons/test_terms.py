"""Decide whether terms fit together, whether an edit widens, and how a coupon is put in words."""

import inspect
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fairday.coupons.rules import terms as rules
from fairday.coupons.types import (
    Channel,
    CouponKind,
    Funder,
    FunderKind,
    ReturnPolicy,
    Scope,
    Terms,
    UsableHours,
)
from tests.coupons.builders import MERCHANT, PLATFORM, terms

NOW = datetime(2026, 11, 11, 4, 3, tzinfo=UTC)
TICK = timedelta(microseconds=1)
PERCENT = {"kind": CouponKind.PERCENT, "amount_minor": None, "rate_bp": 1500, "cap_minor": 1000}
EXCHANGE = {
    "kind": CouponKind.EXCHANGE, "amount_minor": None, "exchange_sku_id": "sku_gift", "exchange_price_minor": 100,
    "cap_minor": 2000, "threshold_minor": 5000,
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, ""),
        ({"amount_minor": None}, "amount_minor: needed"),
        ({"rate_bp": 10}, "rate_bp: not for fixed"),
        (PERCENT | {"cap_minor": None}, "cap_minor: needed"),
        ({"kind": CouponKind.THRESHOLD}, "threshold_minor: needed"),
        ({"threshold_minor": 499}, "threshold_minor: must reach"),
        ({"threshold_minor": 500}, ""),
        ({"min_payable_minor": 0}, "min_payable_minor"),
        ({"min_payable_minor": 0, "threshold_minor": 500}, ""),
        ({"currency": "ZZZ"}, "currency"),
        ({"funders": (Funder(FunderKind.PLATFORM, 9999),)}, "sum to 10000"),
        ({"funders": (Funder(FunderKind.PLATFORM, 5000),) * 2}, "each kind once"),
        ({"funders": (Funder(FunderKind.BRAND, 10_000),)}, "name the brand"),
        ({"budget_minor": 499}, "budget_minor"),
        ({"budget_minor": 500}, ""),
        ({"quantity_max": 10**9, "amount_minor": 10**6}, "budget_minor: set one"),
        ({"claim_ends_at": NOW - timedelta(hours=1)}, "claim_ends_at"),
        ({"claim_ends_at": datetime(2200, 1, 1, tzinfo=UTC)}, "2000 to 2199"),
        ({"days_after_claim": None}, "usable_until: give it"),
        ({"usable_until": NOW}, "not before claim_ends_at"),
        ({"usable_from": NOW, "usable_until": None}, "needed beside"),
        ({"time_zone": "CST"}, "time_zone"),
        ({"hours": (UsableHours((1,), 60, 60),)}, "hours[0]"),
        ({"channels": (Channel.ONLINE,) * 2}, "channels"),
    ],
)
def test_terms_that_do_not_fit(given: dict[str, Any], told: str) -> None:
    found = rules.errors_of(terms(NOW, **given))
    assert found == [] if told == "" else any(told in error for error in found), found


WIDE = {
    "threshold_minor": 1000, "channels": (Channel.ONLINE,), "scope": Scope(store_ids=("sto_a",)), "per_day_max": 5,
    "per_person_max": 2, "usable_until": NOW + timedelta(days=9), "hours": (UsableHours((1,), 60, 120),),
    "claim_phase_ids": ("pha_a",), "funders": MERCHANT,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"name": "other"}, []),
        ({"threshold_minor": 999, "quantity_max": 101, "per_day_max": None, "per_person_max": 3}, []),
        ({"channels": (Channel.IN_STORE, Channel.ONLINE), "scope": Scope(), "hours": ()}, []),
        ({"usable_until": None, "days_after_claim": 8, "claim_phase_ids": ("pha_b", "pha_a")}, []),
        ({"hours": (UsableHours((1, 2), 60, 121),)}, []),
        ({"threshold_minor": 1001}, ["threshold_minor"]),
        ({"amount_minor": 501}, ["amount_minor"]),
        ({"funders": PLATFORM}, ["funders"]),
        ({"quantity_max": 99, "per_member_max": 1}, ["quantity_max"]),
        ({"budget_minor": 49_999}, ["budget_minor"]),
        ({"budget_minor": 50_000}, []),
        ({"channels": (Channel.IN_STORE,)}, ["channels"]),
        ({"scope": Scope(store_ids=("sto_b",))}, ["scope.store_ids"]),
        ({"scope": Scope(store_ids=("sto_a",), sku_ids=("sku_a",))}, ["scope.sku_ids"]),
        ({"per_day_max": 4, "per_person_max": 1}, ["per_day_max", "per_person_max"]),
        ({"usable_until": NOW + timedelta(days=8)}, ["usable_until"]),
        ({"days_after_claim": 6}, ["days_after_claim"]),
        ({"claim_starts_at": NOW}, ["claim_starts_at"]),
        ({"claim_ends_at": NOW + timedelta(hours=5)}, ["claim_ends_at"]),
        ({"hours": (UsableHours((1,), 61, 120),)}, ["hours"]),
        ({"claim_phase_ids": ("pha_b",)}, ["claim_phase_ids"]),
        ({"use_phase_ids": ("pha_b",)}, ["use_phase_ids"]),
        ({"usable_from": NOW}, ["usable_from"]),
        ({"return_policy": ReturnPolicy.FORFEIT}, ["return_policy"]),
    ],
)
def test_edits_only_widen(changes: dict[str, Any], fields: list[str]) -> None:
    assert rules.narrowed(terms(NOW, **WIDE), terms(NOW, **(WIDE | changes))) == fields


def test_every_field_of_terms_is_judged_when_edited() -> None:
    source = inspect.getsource(rules.narrowed)
    free = {"name", "name_en", "scope"}
    assert {field for field in Terms.__struct_fields__ if field not in source} <= free


@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        ({}, "立减5元", "CNY 5 off"),
        ({"threshold_minor": 10_000}, "满100元减5元", "CNY 5 off from CNY 100"),
        ({"amount_minor": 1250, "currency": "USD"}, "立减12.5 USD", "USD 12.5 off"),
        ({"amount_minor": 500, "currency": "JPY"}, "立减500 JPY", "JPY 500 off"),
        (PERCENT, "打8.5折，最多减10元", "15% off, at most CNY 10"),
        (PERCENT | {"rate_bp": 10_000}, "免单，最多减10元", "100% off, at most CNY 10"),
        (EXCHANGE, "满50元1元换购", "One item for CNY 1 from CNY 50"),
    ],
)
def test_coupons_are_put_in_plain_words(given: dict[str, Any], zh: str, en: str) -> None:
    assert rules.headline(terms(NOW, **given)) == (zh, en)
