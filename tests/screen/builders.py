"""Announce what the screen counts, with one change."""

import uuid
from datetime import datetime
from typing import Any

import msgspec

from fairday.coupons.events import Claimed, Redeemed
from fairday.kernel.events import Event, Recorded
from fairday.members.events import Registered
from fairday.orders.events import Paid, Refunded

MERCHANT = "mer_screen"


def paid(at: datetime, **change: Any) -> Paid:
    """Return a paid order of 100.00 CNY in one line."""
    fields: dict[str, Any] = {
        "order_id": f"ord_{uuid.uuid4().hex}",
        "member_id": "mem_1",
        "channel": "online",
        "store_id": None,
        "region_id": "CN-SH",
        "currency": "CNY",
        "total_minor": 10_000,
        "placed_at": at,
        "paid_at": at,
        "merchant_id": MERCHANT,
    } | change
    fields.setdefault("lines", [("sku_1", MERCHANT, 2, fields["total_minor"])])
    return Paid(**fields)


def refunded(order: Paid, at: datetime, refunded_minor: int | None = None) -> Refunded:
    """Return the refund of `order`."""
    fields = {name: getattr(order, name) for name in order.__struct_fields__}
    amount = order.total_minor if refunded_minor is None else refunded_minor
    return Refunded(**fields, refunded_minor=amount, refunded_at=at, reason="member")


def claimed() -> Claimed:
    """Return a claim."""
    return Claimed(claim_id="clm_1", coupon_id="cpn_1", merchant_id=None, member_id="mem_1", channel="online")


def redeemed() -> Redeemed:
    """Return a redemption."""
    return Redeemed(
        claim_id="clm_1",
        coupon_id="cpn_1",
        merchant_id=None,
        store_id=None,
        channel="in_store",
        amount_minor=1,
        currency="CNY",
    )


def registered() -> Registered:
    """Return a new member."""
    return Registered(member_id="mem_1", person_id="per_1")


def recorded(event: Event, at: datetime) -> Recorded:
    """Return `event` as it is read back from the log."""
    data = msgspec.json.decode(msgspec.json.encode(event))
    return Recorded(1, 1, uuid.uuid4().hex, event.type_name(), "", None, at, at, data)
