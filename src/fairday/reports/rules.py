"""Decide what counts, and lay the steps of a window; pure.

Definition 1: orders paid in full, in their currency, after discounts, at the instant of payment; for a merchant the net amount
of its lines. A later refund does not lower it and stands apart, at the instant of the refund.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from fairday.kernel.events import Recorded
from fairday.reports.errors import BadWindow
from fairday.reports.types import Step, Sums

DEFINITION = (
    "口径 v1：已付清订单的实付金额（扣除优惠后），按付款时刻计入；商家口径为其商品行的实付金额。"
    "退款不冲减，按退款时刻另列。"
)
DEFINITION_EN = (
    "Definition v1: orders paid in full, after discounts, counted when paid; for a merchant, what its lines were paid."
    " Refunds do not lower it; they stand apart, at the time of the refund."
)
COUNTED = frozenset({"orders.Paid", "orders.Refunded", "coupons.Claimed", "coupons.Redeemed"})
POINTS_MAX = 400
QUARTER_S = 900
Key = tuple[str, str, datetime, str, str]
"""Currency, merchant ('' is all), quarter, channel, store."""


class Growth(msgspec.Struct):
    """Add up what a quarter grows by."""

    gmv_minor: int = 0
    orders_count: int = 0
    units_count: int = 0
    refunded_minor: int = 0


class Uses(msgspec.Struct):
    """Add up claims and redemptions of a quarter."""

    claims_count: int = 0
    redemptions_count: int = 0


class Tally(msgspec.Struct):
    """Hold what a batch of events adds."""

    sales: dict[Key, Growth]
    uses: dict[tuple[str, datetime], Uses]


def quarter(at: datetime) -> datetime:
    """Return the start of the quarter of an hour that holds `at`."""
    seconds = int(at.timestamp())
    return datetime.fromtimestamp(seconds - seconds % QUARTER_S, UTC)


def tally(events: Sequence[Recorded]) -> Tally:
    """Add up a batch of events."""
    sales: dict[Key, Growth] = defaultdict(Growth)
    uses: dict[tuple[str, datetime], Uses] = defaultdict(Uses)
    for event in events:
        data = event.data
        if event.type == "orders.Paid":
            _paid(data, sales)
        elif event.type == "orders.Refunded":
            _refunded(data, sales)
        else:
            use = uses[(data["merchant_id"] or "", quarter(event.happened_at))]
            use.claims_count += event.type == "coupons.Claimed"
            use.redemptions_count += event.type == "coupons.Redeemed"
    return Tally(dict(sales), dict(uses))


def _key(data: Mapping[str, Any], merchant_id: str, at: str) -> Key:
    when = quarter(datetime.fromisoformat(at))
    return (data["currency"], merchant_id, when, data["channel"], data.get("store_id") or "")


def _paid(data: Mapping[str, Any], sales: dict[Key, Growth]) -> None:
    whole = sales[_key(data, "", data["paid_at"])]
    whole.gmv_minor += data["total_minor"]
    whole.orders_count += 1
    seen: set[str] = set()
    for _, merchant_id, count, net_minor in data["lines"]:
        part = sales[_key(data, merchant_id, data["paid_at"])]
        part.gmv_minor += net_minor
        part.units_count += count
        part.orders_count += merchant_id not in seen
        whole.units_count += count
        seen.add(merchant_id)


def _refunded(data: Mapping[str, Any], sales: dict[Key, Growth]) -> None:
    sales[_key(data, "", data["refunded_at"])].refunded_minor += data["refunded_minor"]
    for _, merchant_id, _, net_minor in data["lines"]:
        sales[_key(data, merchant_id, data["refunded_at"])].refunded_minor += net_minor


def steps(since: datetime, until: datetime, step: Step, time_zone: str) -> list[datetime]:
    """Return the starts of the steps that touch `[since, until)`, in the local hours or days of `time_zone`.

    Raises: BadWindow.
    """
    if time_zone not in available_timezones():
        raise BadWindow(points_max=POINTS_MAX, problem=f"{time_zone} is no time zone")
    if since >= until:
        raise BadWindow(points_max=POINTS_MAX, problem="until is not after since")
    zone = ZoneInfo(time_zone)
    width = timedelta(hours=1) if step is Step.HOUR else timedelta(days=1)
    if (until - since) / width > POINTS_MAX:
        raise BadWindow(points_max=POINTS_MAX, problem="too many steps")
    local = since.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    if step is Step.HOUR:
        start = local.astimezone(UTC)
        return [start + width * place for place in range(-(-int((until - start).total_seconds()) // 3600))]
    # Days by the calendar: one of them may have 23 or 25 hours.
    day, starts = local.replace(hour=0, tzinfo=None), []
    while (start := day.replace(tzinfo=zone).astimezone(UTC)) < until:
        starts.append(start)
        day += width
    return starts


def summed(rows: Sequence[Sums]) -> Sums:
    """Return the sum of rows."""
    return Sums(*(sum(getattr(row, name) for row in rows) for name in Sums.__struct_fields__))


def plus(one: Sums, other: Sums) -> Sums:
    """Return the sum of two."""
    return summed([one, other])
