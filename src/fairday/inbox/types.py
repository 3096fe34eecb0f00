"""Shape what members are told."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from fairday.kernel.ids import Id

KEPT = timedelta(days=90)
"""How long a message is kept."""
WARNED = timedelta(hours=24)
"""How long before its end a claim is said to expire."""


class Kind(StrEnum):
    """Name what a message tells."""

    CLAIMED = "claimed"
    REDEEMED = "redeemed"
    EXPIRING = "expiring"
    PLACED = "placed"
    PAID = "paid"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    FULFILLED = "fulfilled"
    RETURN_REJECTED = "return_rejected"
    PACKET_INVITED = "packet_invited"
    PACKET_GONE = "packet_gone"
    PACKET_RETURNED = "packet_returned"


class About(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Point to what a message tells of; pages find the words. Amounts are minor units of `currency`."""

    claim_id: str | None = None
    coupon_id: str | None = None
    order_id: str | None = None
    packet_id: str | None = None
    store_id: str | None = None
    amount_minor: int | None = None
    currency: str | None = None
    name: str | None = None
    name_en: str | None = None
    ends_at: datetime | None = None


class InboxMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a message as its member sees it."""

    message_id: Id
    kind: Kind
    about: About
    happened_at: datetime
    is_read: bool


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Carry one message to write; `fact` is what it tells of, once a member."""

    member_id: str
    fact: str
    kind: Kind
    about: About
    happened_at: datetime


class ReadMark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mark everything up to and with `message_id` as read."""

    message_id: Id


class Unread(msgspec.Struct, frozen=True):
    """Tell how many messages are unread; counted up to 100."""

    unread_count: int
