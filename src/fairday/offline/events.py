"""Tell what happened around tills without network; their sales announce orders.*, their redemptions coupons.*."""

from datetime import datetime
from typing import ClassVar

from fairday.kernel.events import Event


class LeaseGranted(Event, frozen=True, kw_only=True):
    """Tell that a till may take coupons offline until `expires_at`."""

    SUBJECT: ClassVar[str] = "till_id"
    lease_id: str
    device_id: str
    till_id: str
    store_id: str
    merchant_id: str
    expires_at: datetime
    coupons_count: int


class LeaseClosed(Event, frozen=True, kw_only=True):
    """Tell that a lease was given back or ended; `freed_minor` of coupon money is free again."""

    SUBJECT: ClassVar[str] = "till_id"
    lease_id: str
    device_id: str
    till_id: str
    store_id: str
    merchant_id: str
    state: str
    freed_minor: int


class RecordsApplied(Event, frozen=True, kw_only=True):
    """Tell that records of a device's log were applied, from the first to the last."""

    SUBJECT: ClassVar[str] = "till_id"
    device_id: str
    till_id: str
    store_id: str
    merchant_id: str
    first_seq: int
    last_seq: int
    sales_count: int
    effective_count: int
    conflict_count: int
    flagged_count: int


class BreakBooked(Event, frozen=True, kw_only=True):
    """Tell that a coupon was taken offline and does not count, and who bears the loss."""

    SUBJECT: ClassVar[str] = "break_id"
    break_id: str
    merchant_id: str
    store_id: str
    till_id: str
    kind: str
    reason: str
    bearer: str
    claim_id: str | None
    coupon_id: str | None
    currency: str
    amount_minor: int


class BreakResolved(Event, frozen=True, kw_only=True):
    """Tell how a break was closed and by whom."""

    SUBJECT: ClassVar[str] = "break_id"
    break_id: str
    merchant_id: str
    decision: str
    bearer: str
    amount_minor: int
    by: str


class LogRefused(Event, frozen=True, kw_only=True):
    """Tell that a device's log does not verify at a record."""

    SUBJECT: ClassVar[str] = "device_id"
    device_id: str
    merchant_id: str
    lease_id: str
    seq: int
