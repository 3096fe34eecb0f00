"""Decide about orders: which steps there are, how ids hang together, what each reader may see."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from fairday.kernel.errors import NotFound
from fairday.orders.errors import BadDays
from fairday.orders.types import Order, SalesQuery, Status

TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    Status.PENDING_PAYMENT: frozenset({Status.PAID, Status.CANCELLED}),
    Status.PAID: frozenset({Status.FULFILLED, Status.REFUNDED}),
    # A till takes back what it handed over; online goods that left come back by returns, and the last one ends the order.
    Status.FULFILLED: frozenset({Status.REFUNDED}),
    Status.CANCELLED: frozenset(),
    Status.REFUNDED: frozenset(),
}
"""Every step an order or a part of it may take. Source: I23."""
FIRST = frozenset({Status.PENDING_PAYMENT, Status.PAID, Status.FULFILLED})
"""Where an order may begin: waiting, paid at once, or paid and taken along at a till."""
REPORT_DAYS_MAX = 31


def part_id(order_id: str, part_no: int) -> str:
    """Return the id of part `part_no` (from 1) of an order: the order's digits and the number."""
    return f"mor_{order_id[4:]}_{part_no}"


def line_id(order_id: str, line_no: int) -> str:
    """Return the id of line `line_no` (from 1) of an order: the order's digits and the number."""
    return f"lin_{order_id[4:]}_{line_no}"


def read_part_id(merchant_order_id: str) -> tuple[str, int]:
    """Return the order id and part number inside `merchant_order_id`.

    Raises: NotFound when it is no id of ours.
    """
    digits, mark, number = merchant_order_id[4:].rpartition("_")
    if (
        not merchant_order_id.startswith("mor_")
        or not mark
        or not (number.isascii() and number.isdigit())
        or len(number) > 3
        or number != str(int(number))
    ):
        raise NotFound(what="merchant order")
    return f"ord_{digits}", int(number)


def own_part(order: Order, merchant_id: str) -> Order | None:
    """Return `order` as a merchant may see it: its own part with that part's amounts; None when it has no part.

    Of an order that is shared with others the tenders are told as if the part had been paid alone.
    """
    parts = tuple(part for part in order.merchant_orders if part.merchant_id == merchant_id)
    if not parts:
        return None
    if len(parts) == len(order.merchant_orders):
        return order
    gross_minor = sum(part.gross_minor for part in parts)
    total_minor = sum(part.net_minor for part in parts)
    claims = {one.claim_id for part in parts for line in part.lines for one in line.allocations}
    return msgspec.structs.replace(
        order,
        gross_minor=gross_minor,
        discount_minor=gross_minor - total_minor,
        total_minor=total_minor,
        wallet_minor=0 if order.paid_at is None else total_minor,
        cash_minor=0,
        claim_ids=tuple(claim_id for claim_id in order.claim_ids if claim_id in claims),
        merchant_orders=parts,
        refunded_minor=sum(part.refunded_minor for part in parts),
    )


def days(query: SalesQuery) -> tuple[datetime, datetime]:
    """Return the half-open instants of the days asked for.

    Raises: BadDays.
    """
    try:
        zone = ZoneInfo(query.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadDays(reason=f"there is no time zone {query.time_zone!r}") from None
    count = (query.to_day - query.from_day).days + 1
    if not 1 <= count <= REPORT_DAYS_MAX:
        raise BadDays(reason=f"{count} days were asked for")
    try:
        return _midnight(query.from_day, zone), _midnight(query.to_day + timedelta(days=1), zone)
    except OverflowError:
        raise BadDays(reason="a day out of the calendar was asked for") from None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
