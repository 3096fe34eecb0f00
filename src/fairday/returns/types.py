"""Shape returns as they are asked for, stored and shown. Amounts are minor units of the order's one currency."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.kernel.ids import Id
from fairday.kernel.money import Minor

RETURN_WINDOW = timedelta(days=7)
"""How long after the goods left a member may ask for a return without giving a reason. Source: R87."""
OPEN_MAX = 5
"""Most returns of one order that wait for their goods."""
LINES_MAX = 100

Pieces = Annotated[int, msgspec.Meta(ge=1, le=9_999)]
Words = Annotated[str, msgspec.Meta(max_length=500)]


class ReturnStatus(StrEnum):
    """Name where a return stands; all but REQUESTED are final."""

    REQUESTED = "requested"
    REFUNDED = "refunded"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ReturnReason(StrEnum):
    """Name why goods come back."""

    CHANGED_MIND = "changed_mind"
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    NOT_AS_DESCRIBED = "not_as_described"
    LATE = "late"
    OTHER = "other"


class ReturnLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Name so many pieces of a line of the order."""

    line_id: Id
    quantity: Pieces


ReturnLines = Annotated[tuple[ReturnLine, ...], msgspec.Meta(min_length=1, max_length=LINES_MAX)]


class ReturnPreviewBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask what returning these pieces would give back."""

    lines: ReturnLines


class ReturnBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask to return these pieces; `expected_refund_minor` is what the preview said."""

    lines: ReturnLines
    reason: ReturnReason
    note: Words = ""
    expected_refund_minor: Minor


class ReceptionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tell that the goods are back at the shop; those that can be sold again go back on its shelf."""

    is_sellable: bool = True


class RejectionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tell the member why the goods are not taken back."""

    answer: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class BackLine(msgspec.Struct, frozen=True):
    """Hold pieces of a line: what was paid for them, and their part of the refund; names as on the order's line."""

    line_id: str
    name: str
    name_en: str | None
    quantity: int
    paid_minor: Minor
    refund_minor: Minor


class ClawBack(msgspec.Struct, frozen=True):
    """Tell what an offer takes back because the goods that stay no longer earn it; below zero it gives that again. Source: R81.

    `name` is the offer's as the order was priced with it, whatever it is called since.
    """

    offer_id: str
    amount_minor: int
    name: str = ""


class ReturnPreview(msgspec.Struct, frozen=True):
    """Tell what a return gives back before it is asked for: paid amounts less `claw_backs` = `refund_minor`.

    `is_immediate`: the goods have not left, so the money goes back at once. `returnable_until` is null then, and for staff.
    """

    merchant_order_id: str
    currency: str
    lines: tuple[BackLine, ...]
    claw_backs: tuple[ClawBack, ...]
    refund_minor: Minor
    wallet_minor: Minor
    cash_minor: Minor
    is_immediate: bool
    is_last: bool
    """Whether nothing of the order stays: its coupons come back too, by their own terms."""
    returnable_until: datetime | None


class GoodsReturn(msgspec.Struct, frozen=True):
    """Hold a return. Paid amounts of its lines less `claw_backs` = `refund_minor`, promised when it was asked for and paid at the end."""

    return_id: str
    order_id: str
    merchant_order_id: str
    merchant_id: str
    status: ReturnStatus
    is_handed_over: bool
    reason: ReturnReason
    note: str
    currency: str
    lines: tuple[BackLine, ...]
    claw_backs: tuple[ClawBack, ...]
    refund_minor: Minor
    wallet_minor: Minor
    cash_minor: Minor
    requested_at: datetime
    closed_at: datetime | None
    answer: str | None


class ReturnsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a page of a merchant's returns, the newest first; operators name the merchant."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    cursor: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    merchant_id: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    status: ReturnStatus | None = None


class AskReturn(msgspec.Struct, frozen=True, kw_only=True):
    """Carry who asks for what. `member_id` set means: only the member's own, within the window; `merchant_id`: only its own part."""

    merchant_order_id: str
    lines: tuple[ReturnLine, ...]
    member_id: str | None = None
    merchant_id: str | None = None
    by: str = ""
    reason: ReturnReason = ReturnReason.OTHER
    note: str = ""
    expected_refund_minor: int | None = None
