"""Tell what happened at tills; sales announce orders.*, redemptions coupons.*."""

from typing import ClassVar

from fairday.kernel.events import Event


class Paired(Event, frozen=True, kw_only=True):
    """Tell that a device became a till."""

    SUBJECT: ClassVar[str] = "till_id"
    till_id: str
    device_id: str
    store_id: str
    merchant_id: str
    name: str


class Unpaired(Event, frozen=True, kw_only=True):
    """Tell that a device is no till any more."""

    SUBJECT: ClassVar[str] = "till_id"
    till_id: str
    device_id: str
    store_id: str
    merchant_id: str


class ShiftOpened(Event, frozen=True, kw_only=True):
    """Tell that a clerk began a shift with `opening_cash_minor` in the drawer."""

    SUBJECT: ClassVar[str] = "till_id"
    shift_id: str
    till_id: str
    store_id: str
    merchant_id: str
    clerk_id: str
    currency: str
    opening_cash_minor: int


class ShiftClosed(Event, frozen=True, kw_only=True):
    """Tell that a shift ended: what should be in the drawer, what was counted; `by` is the account that closed it."""

    SUBJECT: ClassVar[str] = "till_id"
    shift_id: str
    till_id: str
    store_id: str
    merchant_id: str
    clerk_id: str
    by: str
    currency: str
    expected_cash_minor: int
    counted_cash_minor: int
