"""Decide how a budget burns: what an event adds to a minute, which alerts are due, and when it runs out at this pace."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

PERCENTS = (80, 95, 100)
"""Shares of a budget at which its issuer is told. Source: S05."""
PACE_WINDOW = timedelta(hours=1)
"""A forecast goes on at the mean pace of the last hour."""
COUNTED = frozenset(
    {"coupons.Claimed", "coupons.Expired", "coupons.Voided", "coupons.Redeemed", "coupons.Returned"}
)
STEPS = ("minute", "hour", "day")
POINTS_MAX = 1500


class Change(msgspec.Struct):
    """Sum what changed of a coupon in a minute; money in minor units, negative where something came back."""

    issued_count: int = 0
    committed_minor: int = 0
    redeemed_count: int = 0
    spent_minor: int = 0


def add(change: Change, event_type: str, data: Mapping[str, Any], face_minor: int) -> None:
    """Add one event to a minute; `face_minor` is what a claim of this coupon commits."""
    if event_type == "coupons.Claimed":
        change.issued_count += 1
        change.committed_minor += face_minor
    elif event_type in ("coupons.Expired", "coupons.Voided"):
        change.committed_minor -= face_minor
    elif event_type == "coupons.Redeemed":
        change.redeemed_count += 1
        change.spent_minor += data["amount_minor"]
    elif event_type == "coupons.Returned":
        change.redeemed_count -= 1
        change.spent_minor -= data["amount_minor"]
        # A claim that ended with its redemption gives up what it had committed.
        change.committed_minor -= 0 if data["restored"] else face_minor


def reached(value_minor: int, cap_minor: int, *, least_minor: int = 1) -> tuple[int, ...]:
    """Return the percents of `cap_minor` that `value_minor` has reached; 100 also when not even `least_minor` is left."""
    if value_minor <= 0:
        return ()
    is_full = cap_minor - value_minor < least_minor
    return tuple(one for one in PERCENTS if value_minor * 100 >= cap_minor * one or (one == 100 and is_full))


def pace_per_h(changes: Sequence[tuple[datetime, int]], now: datetime) -> int:
    """Return what the last hour added, in minor units an hour; at least 0. `changes` are (minute, minor units)."""
    since = now - PACE_WINDOW
    return max(0, sum(minor for at, minor in changes if since <= at <= now))


def runs_out_at(left_minor: int, pace_minor_per_h: int, now: datetime, ends_at: datetime) -> datetime | None:
    """Return when what is left is gone at this pace; None when it lasts to `ends_at`, and `now` when nothing is left."""
    if left_minor <= 0:
        return now
    if pace_minor_per_h <= 0 or now >= ends_at:
        return None
    left_s = left_minor * 3600 / pace_minor_per_h
    if left_s >= (ends_at - now).total_seconds():
        return None
    return now + timedelta(seconds=left_s)


def step_for(span: timedelta) -> str:
    """Return the step that shows `span` in some hundred points."""
    if span <= timedelta(hours=6):
        return "minute"
    return "hour" if span <= timedelta(days=14) else "day"
