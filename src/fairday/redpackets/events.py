"""State what happened to red packets. Amounts are minor units of `currency`."""

from datetime import datetime
from typing import ClassVar

from fairday.kernel.events import Event


class Sent(Event, frozen=True, kw_only=True):
    """A packet is funded and its shares are made. `member_id` is the sender, None for a campaign's."""

    SUBJECT: ClassVar[str] = "packet_id"
    packet_id: str
    member_id: str | None
    budget: str | None
    mode: str
    currency: str
    total_minor: int
    shares_count: int
    is_listed: bool
    starts_at: datetime
    expires_at: datetime


class Grabbed(Event, frozen=True, kw_only=True):
    """A member had a share; the wallet was credited with it, or is by the reaction when it is late."""

    SUBJECT: ClassVar[str] = "packet_id"
    packet_id: str
    place: int
    member_id: str
    currency: str
    amount_minor: int
    is_late: bool


class Ended(Event, frozen=True, kw_only=True):
    """All shares were had (`status` gone), or the time was over (expired) and `returned_minor` went back to the source."""

    SUBJECT: ClassVar[str] = "packet_id"
    packet_id: str
    member_id: str | None
    status: str
    currency: str
    total_minor: int
    shares_count: int
    taken_count: int
    returned_minor: int
