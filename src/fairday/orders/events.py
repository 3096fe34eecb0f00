"""Announce what happened to orders.

An order that waits for payment announces `Placed` and later `Paid`; one paid at once announces `Paid` alone, which
carries `placed_at`. `merchant_id` is set when one merchant has the whole order.
"""

from datetime import datetime
from typing import ClassVar

from fairday.kernel.events import Event


class Placed(Event, frozen=True, kw_only=True):
    """Tell that an order was made and waits for its payment until `expires_at`."""

    SUBJECT: ClassVar[str] = "order_id"

    order_id: str
    member_id: str | None
    channel: str
    store_id: str | None
    region_id: str | None
    currency: str
    total_minor: int
    placed_at: datetime
    expires_at: datetime | None
    merchant_id: str | None


class Paid(Event, frozen=True, kw_only=True):
    """Tell that an order was paid in full. `lines`: [sku_id, merchant_id, quantity, net_minor] each."""

    SUBJECT: ClassVar[str] = "order_id"

    order_id: str
    member_id: str | None
    channel: str
    store_id: str | None
    region_id: str | None
    currency: str
    total_minor: int
    placed_at: datetime
    paid_at: datetime
    merchant_id: str | None
    lines: list[tuple[str, str, int, int]]


class Cancelled(Event, frozen=True, kw_only=True):
    """Tell that an order was given up before it was paid."""

    SUBJECT: ClassVar[str] = "order_id"

    order_id: str
    member_id: str | None
    channel: str
    store_id: str | None
    region_id: str | None
    currency: str
    total_minor: int
    placed_at: datetime
    cancelled_at: datetime
    reason: str
    merchant_id: str | None


class Refunded(Event, frozen=True, kw_only=True):
    """Tell that money of a paid order was given back: all of it, or with `return_id` what one return gives.

    `lines` as in `Paid`: what came back, with their parts of `refunded_minor`.
    """

    SUBJECT: ClassVar[str] = "order_id"

    order_id: str
    member_id: str | None
    channel: str
    store_id: str | None
    region_id: str | None
    currency: str
    total_minor: int
    refunded_minor: int
    placed_at: datetime
    paid_at: datetime
    refunded_at: datetime
    reason: str
    merchant_id: str | None
    lines: list[tuple[str, str, int, int]]
    return_id: str | None = None


class Fulfilled(Event, frozen=True, kw_only=True):
    """Tell that a merchant handed over or sent its part."""

    SUBJECT: ClassVar[str] = "order_id"

    order_id: str
    merchant_order_id: str
    member_id: str | None
    merchant_id: str
    fulfilment: str
    fulfilled_at: datetime
