"""Decide who may claim: a coupon is judged once for a batch, its requests in arrival order."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fairday.coupons.claims import Claim, Held
from fairday.coupons.errors import (
    BudgetSpent,
    CouponNotLive,
    CouponUnknown,
    DayCapReached,
    IssueStopped,
    PhaseNotOpen,
    SoldOut,
)
from fairday.coupons.types import ClaimStatus, Counters, CouponStatus, Template, Terms
from fairday.festivals.types import PhaseWindow
from fairday.kernel.errors import Refusal
from fairday.kernel.keys import Key

Windows = Mapping[str, PhaseWindow]


def judge(
    template: Template | None, counters: Counters | None, windows: Windows, day_count: int, now: datetime
) -> Refusal | None:
    """Tell why nobody may claim this coupon at `now`, by the first reason in order; None when one may.

    `windows` holds the coupon's phases, `day_count` what was issued on its day of `now`. Source: R24, R31, F21.
    """
    if template is None or counters is None or counters.status is CouponStatus.DRAFT:
        return CouponUnknown()
    terms = template.terms
    if counters.status is not CouponStatus.LIVE:
        return CouponNotLive(coupon_status=counters.status)
    if now >= terms.claim_ends_at:
        return CouponNotLive(coupon_status=CouponStatus.ENDED)
    if counters.issue_stopped:
        return IssueStopped()
    if now < terms.claim_starts_at or not is_phase_open(terms.claim_phase_ids, windows, now):
        opens_at = next_opening(terms, windows, now)
        return PhaseNotOpen(opens_at=local(opens_at, terms.time_zone) if opens_at else None)
    return shortage(template, counters, day_count, now)


def shortage(template: Template, counters: Counters, day_count: int, now: datetime) -> Refusal | None:
    """Tell which scarce thing is gone: the quantity, the budget, or the day's share; None when one more fits."""
    if counters.issued_count >= counters.quantity_max:
        return SoldOut()
    if counters.committed_minor + template.face_minor > counters.commit_max_minor:
        return BudgetSpent()
    if template.terms.per_day_max is not None and day_count >= template.terms.per_day_max:
        return DayCapReached(opens_at=local(next_day(template.terms, now), template.terms.time_zone))
    return None


def moved(template: Template, counters: Counters, now: datetime) -> Refusal | None:
    """Tell why a coupon that was open when read is closed now: status, switch, quantity or budget."""
    if counters.status is not CouponStatus.LIVE:
        return CouponNotLive(coupon_status=counters.status)
    return IssueStopped() if counters.issue_stopped else shortage(template, counters, 0, now)


def left_count(template: Template, counters: Counters) -> int:
    """Return how many more claims the quantity and the budget allow."""
    by_budget = (counters.commit_max_minor - counters.committed_minor) // template.face_minor
    return max(0, min(counters.quantity_max - counters.issued_count, by_budget))


def is_phase_open(phase_ids: tuple[str, ...], windows: Windows, now: datetime) -> bool:
    """Tell whether no phase is asked for, or one of them is on in a live festival. Source: R3."""
    return not phase_ids or any(
        window.is_live and window.starts_at <= now < window.ends_at
        for phase_id in phase_ids
        if (window := windows.get(phase_id)) is not None
    )


def next_opening(terms: Terms, windows: Windows, now: datetime) -> datetime | None:
    """Return the next instant at which claiming opens, None when it does not open again."""
    if not terms.claim_phase_ids:
        return terms.claim_starts_at if now < terms.claim_starts_at else None
    starts = [
        max(window.starts_at, terms.claim_starts_at)
        for phase_id in terms.claim_phase_ids
        if (window := windows.get(phase_id)) is not None
        and window.is_live
        and max(window.starts_at, terms.claim_starts_at) < min(window.ends_at, terms.claim_ends_at)
    ]
    return min((start for start in starts if start > now), default=None)


def usable_window(terms: Terms, now: datetime) -> tuple[datetime, datetime]:
    """Return `[usable_from, expires_at)` of a copy claimed at `now`; a day after the claim is 24 hours. Source: R28."""
    ends = [terms.usable_until] if terms.usable_until is not None else []
    if terms.days_after_claim is not None:
        ends.append(now + timedelta(days=terms.days_after_claim))
    return max(now, terms.usable_from or now), min(ends)


def day_of(terms: Terms, now: datetime) -> date:
    """Return the coupon's local day, which its daily cap counts."""
    return now.astimezone(ZoneInfo(terms.time_zone)).date()


def next_day(terms: Terms, now: datetime) -> datetime:
    """Return the next local midnight."""
    zone = ZoneInfo(terms.time_zone)
    return datetime.combine(day_of(terms, now) + timedelta(days=1), time(), zone).astimezone(UTC)


def local(instant: datetime, time_zone: str) -> str:
    """Write `instant` in the coupon's zone, to the second: "2026-11-11T12:03:00+08:00"."""
    return instant.astimezone(ZoneInfo(time_zone)).isoformat(timespec="seconds")


def made_by(key: Key, copies: Iterable[Held]) -> Held | None:
    """Return the copy that a request with this key made, whatever body it came with; None when none did."""
    return next((copy for copy in copies if copy.intent is not None and copy.intent[:16] == key.digest), None)


def as_answered(template: Template, copy: Held) -> Claim:
    """Return the answer of the request that made `copy`, of `template`'s version, as it was given then.

    All of it follows from the version and the instant, whatever became of the copy since.
    """
    terms = template.terms
    return Claim(
        copy.claim_id,
        template.coupon_id,
        template.version,
        ClaimStatus.CLAIMED,
        terms.currency,
        template.face_minor,
        copy.claimed_at,
        *usable_window(terms, copy.claimed_at),
    )
