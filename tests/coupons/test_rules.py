"""Decide about coupons at exact boundaries, without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from fairday.coupons import errors
from fairday.coupons.claims import ClaimRow, CouponEffect, CouponUse, UseLine
from fairday.coupons.rules import claiming, using
from fairday.coupons.rules import terms as rules
from fairday.coupons.types import (
    Channel,
    ClaimStatus,
    Counters,
    CouponKind,
    CouponStatus,
    Funder,
    FunderKind,
    ReturnPolicy,
    Scope,
    Template,
    UsableHours,
)
from fairday.festivals.types import PhaseWindow
from fairday.kernel.errors import Refusal
from tests.coupons.builders import terms

NOW = datetime(2026, 11, 11, 4, 3, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def template(merchant_id: str | None = None, **changes: Any) -> Template:
    return Template("cpn_a", 1, merchant_id, terms(NOW, **changes))


def counters(**changes: Any) -> Counters:
    given = Counters("cpn_a", 1, None, CouponStatus.LIVE, False, False, 100, 50_000, 50_000, 0, 0, 0, 0)
    return msgspec.structs.replace(given, **changes)


def claim(**changes: Any) -> ClaimRow:
    given: dict[str, Any] = {
        "claim_id": "clm_a", "coupon_id": "cpn_a", "member_id": "mem_a", "version": 1, "channel": Channel.ONLINE,
        "status": ClaimStatus.CLAIMED, "face_minor": 500, "claimed_at": NOW, "usable_from": NOW,
        "expires_at": NOW + timedelta(days=7),
    }  # fmt: skip
    return ClaimRow(**(given | changes))


def code(result: object) -> str:
    return result.code if isinstance(result, Refusal) else "ok"


PHASE = PhaseWindow("pha_a", "fes_a", NOW, NOW + timedelta(hours=1), True)
ASLEEP = PhaseWindow("pha_a", "fes_a", NOW, NOW + timedelta(hours=1), False)
IN_PHASE = {"claim_phase_ids": ("pha_a",)}


@pytest.mark.parametrize(
    ("given", "moved", "windows", "day_count", "now", "wanted"),
    [
        ({}, {}, {}, 0, NOW, "ok"),
        ({}, {"status": CouponStatus.DRAFT}, {}, 0, NOW, "coupon_unknown"),
        ({}, {"status": CouponStatus.PAUSED, "issue_stopped": True}, {}, 0, NOW, "coupon_not_live"),
        ({}, {"status": CouponStatus.ENDED}, {}, 0, NOW, "coupon_not_live"),
        ({}, {"issue_stopped": True, "issued_count": 100}, {}, 0, NOW, "issue_stopped"),
        ({}, {"redeem_stopped": True}, {}, 0, NOW, "ok"),
        ({}, {"issued_count": 99}, {}, 0, NOW, "ok"),
        ({}, {"issued_count": 100, "committed_minor": 50_000}, {}, 0, NOW, "sold_out"),
        ({}, {"committed_minor": 49_500}, {}, 0, NOW, "ok"),
        ({}, {"committed_minor": 49_501}, {}, 0, NOW, "budget_spent"),
        ({"per_day_max": 5}, {}, {}, 4, NOW, "ok"),
        ({"per_day_max": 5}, {}, {}, 5, NOW, "day_cap_reached"),
        ({"per_day_max": 5}, {"committed_minor": 50_000}, {}, 5, NOW, "budget_spent"),
        ({}, {}, {}, 0, NOW - timedelta(hours=1), "ok"),
        ({}, {}, {}, 0, NOW - timedelta(hours=1) - TICK, "phase_not_open"),
        ({}, {}, {}, 0, NOW + timedelta(days=1) - TICK, "ok"),
        ({}, {}, {}, 0, NOW + timedelta(days=1), "coupon_not_live"),
        (IN_PHASE, {}, {"pha_a": PHASE}, 0, NOW - TICK, "phase_not_open"),
        (IN_PHASE, {}, {"pha_a": PHASE}, 0, NOW, "ok"),
        (IN_PHASE, {}, {"pha_a": PHASE}, 0, NOW + timedelta(hours=1) - TICK, "ok"),
        (IN_PHASE, {"issued_count": 100}, {"pha_a": PHASE}, 0, NOW + timedelta(hours=1), "phase_not_open"),
        (IN_PHASE, {}, {"pha_a": ASLEEP}, 0, NOW, "phase_not_open"),
        (IN_PHASE, {}, {}, 0, NOW, "phase_not_open"),
    ],
)
def test_claiming_is_judged_in_order_of_precedence(
    given: dict[str, Any], moved: dict[str, Any], windows: Any, day_count: int, now: datetime, wanted: str
) -> None:
    assert code(claiming.judge(template(**given), counters(**moved), windows, day_count, now)) == wanted


def test_nothing_known_is_unknown() -> None:
    assert code(claiming.judge(None, None, {}, 0, NOW)) == "coupon_unknown"


def test_a_closed_phase_says_when_it_opens() -> None:
    refusal = claiming.judge(template(**IN_PHASE), counters(), {"pha_a": PHASE}, 0, NOW - TICK)
    assert isinstance(refusal, errors.PhaseNotOpen)
    assert refusal.details == {"opens_at": "2026-11-11T12:03:00+08:00"}
    assert "2026-11-11T12:03:00+08:00" in refusal.sentence("zh")
    over = claiming.judge(template(**IN_PHASE), counters(), {"pha_a": PHASE}, 0, PHASE.ends_at)
    assert isinstance(over, errors.PhaseNotOpen)
    assert over.details == {"opens_at": None}


@pytest.mark.parametrize(
    ("given", "usable_from", "expires_at"),
    [
        ({"days_after_claim": 7}, NOW, NOW + timedelta(days=7)),
        ({"days_after_claim": 7, "usable_until": NOW + timedelta(days=3)}, NOW, NOW + timedelta(days=3)),
        ({"days_after_claim": None, "usable_until": NOW + timedelta(days=3)}, NOW, NOW + timedelta(days=3)),
        (
            {"usable_from": NOW + timedelta(days=1), "usable_until": NOW + timedelta(days=30)},
            NOW + timedelta(days=1),
            NOW + timedelta(days=7),
        ),
    ],
)
def test_the_usable_window_is_fixed_at_the_claim(
    given: dict[str, Any], usable_from: datetime, expires_at: datetime
) -> None:
    assert claiming.usable_window(terms(NOW, **given), NOW) == (usable_from, expires_at)


LOCKED = {"status": ClaimStatus.LOCKED, "lock_owner": "ord_1", "locked_until": NOW + timedelta(minutes=5)}


@pytest.mark.parametrize(
    ("row", "member_id", "owner", "now", "wanted"),
    [
        (None, None, None, NOW, "claim_unknown"),
        (claim(), "mem_b", None, NOW, "claim_unknown"),
        (claim(), "mem_a", None, NOW, "ok"),
        (claim(), None, None, NOW - TICK, "not_yet_usable"),
        (claim(), None, None, NOW + timedelta(days=7) - TICK, "ok"),
        (claim(), None, None, NOW + timedelta(days=7), "claim_expired"),
        (claim(status=ClaimStatus.EXPIRED), None, None, NOW, "claim_expired"),
        (claim(status=ClaimStatus.VOIDED), None, None, NOW, "claim_voided"),
        (claim(status=ClaimStatus.RETURNED), None, None, NOW, "claim_voided"),
        (claim(status=ClaimStatus.REDEEMED), None, None, NOW, "already_used"),
        (claim(**LOCKED), None, "ord_1", NOW, "ok"),
        (claim(**LOCKED), None, "ord_2", NOW, "claim_locked"),
        (claim(**LOCKED), None, "ord_2", NOW + timedelta(minutes=5) - TICK, "claim_locked"),
        (claim(**LOCKED), None, "ord_2", NOW + timedelta(minutes=5), "ok"),
        (claim(**LOCKED, expires_at=NOW), None, "ord_1", NOW, "ok"),
        (claim(**LOCKED, expires_at=NOW), None, "ord_2", NOW, "claim_expired"),
        (claim(**LOCKED, expires_at=NOW), None, "ord_1", NOW + timedelta(minutes=5), "claim_expired"),
    ],
)
def test_states_of_claims(
    row: ClaimRow | None, member_id: str | None, owner: str | None, now: datetime, wanted: str
) -> None:
    assert code(using.judge_state(row, member_id, owner, now)) == wanted


TEN_TO_TWO = {"hours": (UsableHours((1, 2, 3), 600, 840),)}


@pytest.mark.parametrize(
    ("given", "merchant", "at", "now", "wanted"),
    [
        ({}, None, {}, NOW, "ok"),
        ({"channels": (Channel.ONLINE,)}, None, {}, NOW, "wrong_channel"),
        ({}, "mer_b", {}, NOW, "wrong_store"),
        ({"scope": Scope(merchant_ids=("mer_b",))}, None, {}, NOW, "wrong_store"),
        ({"scope": Scope(store_ids=("sto_b",))}, None, {}, NOW, "wrong_store"),
        ({"scope": Scope(store_ids=("sto_a", "sto_b"))}, None, {}, NOW, "ok"),
        ({"scope": Scope(store_ids=("sto_a",))}, None, {"store_id": None}, NOW, "wrong_store"),
        ({"use_phase_ids": ("pha_b",)}, None, {}, NOW, "phase_not_open"),
        ({"use_phase_ids": ("pha_b", "pha_a")}, None, {}, NOW, "ok"),
        # 2026-11-11 is a Wednesday; 10:00-14:00 in Shanghai is 02:00-06:00 UTC.
        (TEN_TO_TWO, None, {}, NOW.replace(hour=2, minute=0), "ok"),
        (TEN_TO_TWO, None, {}, NOW.replace(hour=2, minute=0) - TICK, "outside_hours"),
        (TEN_TO_TWO, None, {}, NOW.replace(hour=6, minute=0) - TICK, "ok"),
        (TEN_TO_TWO, None, {}, NOW.replace(hour=6, minute=0), "outside_hours"),
        (TEN_TO_TWO, None, {}, NOW.replace(day=12), "outside_hours"),
    ],
)
def test_places_and_hours(
    given: dict[str, Any], merchant: str | None, at: dict[str, Any], now: datetime, wanted: str
) -> None:
    place: dict[str, Any] = {
        "channel": Channel.IN_STORE, "store_id": "sto_a", "merchant_id": "mer_a", "phase_ids": frozenset({"pha_a"}),
        "windows": {}, "now": now,
    }  # fmt: skip
    assert code(using.judge_place(template(merchant, **given), counters(), **(place | at))) == wanted


def test_a_stopped_coupon_is_told_before_the_place() -> None:
    refusal = using.judge_place(
        template("mer_b"), counters(redeem_stopped=True), channel=Channel.IN_STORE, store_id=None,
        merchant_id="mer_a", phase_ids=frozenset(), windows={}, now=NOW,
    )  # fmt: skip
    assert code(refusal) == "redeem_stopped"


def line(amount: int, quantity: int = 1, sku_id: str = "sku_a", **changes: Any) -> UseLine:
    given: dict[str, Any] = {
        "line_id": sku_id,
        "merchant_id": "mer_a",
        "currency": "CNY",
        "category_id": "tea",
    }
    return UseLine(sku_id=sku_id, quantity=quantity, amount_minor=amount, **(given | changes))


PERCENT = {"kind": CouponKind.PERCENT, "amount_minor": None, "rate_bp": 1500, "cap_minor": 1000}
EXCHANGE = {
    "kind": CouponKind.EXCHANGE, "amount_minor": None, "exchange_sku_id": "sku_gift", "exchange_price_minor": 100,
    "cap_minor": 2000, "threshold_minor": 5000,
}  # fmt: skip
GIFT = line(3000, 2, "sku_gift")


@pytest.mark.parametrize(
    ("given", "lines", "wanted"),
    [
        ({}, (line(501),), 500),
        ({}, (line(500),), 499),
        ({}, (line(2),), 1),
        ({}, (line(1),), "no_effect"),
        ({}, (), "nothing_eligible"),
        ({"threshold_minor": 1000}, (line(999),), "below_threshold"),
        ({"threshold_minor": 1000}, (line(1000),), 500),
        ({"threshold_minor": 1000, "min_payable_minor": 600}, (line(1000),), 400),
        ({"scope": Scope(sku_ids=("sku_b",))}, (line(9000), line(300, sku_id="sku_b")), 300),
        ({"scope": Scope(category_ids=("tea",))}, (line(9000, category_id=None),), "nothing_eligible"),
        (PERCENT, (line(999),), 149),
        (PERCENT, (line(6_666),), 999),
        (PERCENT, (line(6_667),), 1000),
        (PERCENT, (line(100_000),), 1000),
        (EXCHANGE, (line(4999), GIFT), 1400),
        (EXCHANGE, (line(3499), GIFT), "below_threshold"),
        (EXCHANGE, (line(3500), GIFT), 1400),
        (EXCHANGE, (line(9000),), "nothing_eligible"),
        (EXCHANGE, (line(5000), line(9_000, 1, "sku_gift")), 2000),
    ],
)
def test_what_a_coupon_takes_off(
    given: dict[str, Any], lines: tuple[UseLine, ...], wanted: int | str
) -> None:
    result = using.judge_basket(template(**given), claim(), CouponUse("clm_a", lines, Channel.ONLINE))
    assert (result.discount_minor if isinstance(result, CouponEffect) else code(result)) == wanted


def test_funders_pay_exactly_all() -> None:
    three = (
        Funder(FunderKind.PLATFORM, 3334),
        Funder(FunderKind.MERCHANT, 3333),
        Funder(FunderKind.BRAND, 3333, "b"),
    )
    shares = using.funder_minor(terms(NOW, funders=three), 100)
    assert shares == {FunderKind.PLATFORM: 34, FunderKind.MERCHANT: 33, FunderKind.BRAND: 33}


@pytest.mark.parametrize(
    ("given", "late", "status", "later"),
    [
        ({"return_policy": ReturnPolicy.FORFEIT}, -TICK, ClaimStatus.RETURNED, None),
        ({}, -TICK, ClaimStatus.CLAIMED, None),
        ({}, timedelta(), ClaimStatus.EXPIRED, None),
        ({"grace_days": 2}, timedelta(), ClaimStatus.CLAIMED, timedelta(days=2)),
        ({"grace_days": 2}, timedelta(days=-5), ClaimStatus.CLAIMED, None),
    ],
)
def test_what_a_cancelled_order_gives_back(
    given: dict[str, Any], late: timedelta, status: ClaimStatus, later: timedelta | None
) -> None:
    wanted = NOW + later if later else NOW
    assert using.after_return(terms(NOW, **given), NOW, NOW + late) == (status, wanted)


def test_every_status_is_listed_and_reachable() -> None:
    for transitions, statuses, first in (
        (rules.TRANSITIONS, CouponStatus, CouponStatus.DRAFT),
        (using.TRANSITIONS, ClaimStatus, ClaimStatus.CLAIMED),
    ):
        assert set(transitions) == set(statuses)
        assert {first, *(new for news in transitions.values() for new in news)} == set(statuses)
