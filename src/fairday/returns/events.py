"""Announce what happens to returns before their money moves; the money is announced as `orders.Refunded`."""

from datetime import datetime
from typing import ClassVar

from fairday.kernel.events import Event


class Requested(Event, frozen=True, kw_only=True):
    """Tell a merchant that goods come back; the refund waits for them."""

    SUBJECT: ClassVar[str] = "return_id"

    return_id: str
    order_id: str
    merchant_id: str
    member_id: str | None
    currency: str
    refund_minor: int
    requested_at: datetime


class Rejected(Event, frozen=True, kw_only=True):
    """Tell that a merchant does not take the goods back, and why."""

    SUBJECT: ClassVar[str] = "return_id"

    return_id: str
    order_id: str
    merchant_id: str
    member_id: str | None
    currency: str
    refund_minor: int
    answer: str
    rejected_at: datetime


class Withdrawn(Event, frozen=True, kw_only=True):
    """Tell that the member keeps the goods."""

    SUBJECT: ClassVar[str] = "return_id"

    return_id: str
    order_id: str
    merchant_id: str
    member_id: str | None
    withdrawn_at: datetime
