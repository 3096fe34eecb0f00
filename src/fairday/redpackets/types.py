"""Shape red packets: what is sent, what is grabbed, what people see of it. Amounts are minor units of the packet's currency."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.kernel.ids import Id
from fairday.kernel.keys import Key
from fairday.kernel.money import Currency, PositiveMinor
from fairday.ledger.types import BudgetName

TTL = timedelta(hours=24)
"""How long a packet can be grabbed from, counted from its start. Source: R63."""
STARTS_WITHIN = timedelta(days=30)
"""How far ahead a rain game may be set; its money is set aside all the while."""
SHARES_MAX = 100_000
"""Most shares of one packet, whoever sends it; what members may is data (`SendLimit`)."""
INVITED_MAX = 1_000

Instant = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339 with an offset.")]
Message = Annotated[str, msgspec.Meta(max_length=60)]


class Mode(StrEnum):
    """Name how a total is shared: the same for everybody, or by luck."""

    EQUAL = "equal"
    LUCKY = "lucky"


class Status(StrEnum):
    """Name where a packet stands in the books; GONE and EXPIRED are final."""

    OPEN = "open"
    GONE = "gone"
    EXPIRED = "expired"


class State(StrEnum):
    """Name what a person finds: not begun, something left, all had, or past its time."""

    WAITING = "waiting"
    OPEN = "open"
    GONE = "gone"
    OVER = "over"


class PacketBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask to send a packet. With `member_ids` only these may grab, else anybody with the link; with `starts_at` it is a rain
    game that opens then. An operator names the `budget` that pays; a member pays from the wallet."""

    total_minor: PositiveMinor
    shares_count: Annotated[int, msgspec.Meta(ge=1, le=SHARES_MAX)]
    mode: Mode
    message: Message = ""
    currency: Currency = "CNY"
    member_ids: Annotated[list[Id], msgspec.Meta(max_length=INVITED_MAX)] = []
    starts_at: Instant | None = None
    budget: BudgetName | None = None


class SendLimit(msgspec.Struct, frozen=True, kw_only=True):
    """Hold what members may send in one currency; a currency without limits is not sent by members. Source: R63."""

    currency: Currency
    total_max_minor: PositiveMinor
    shares_max: int


class Packet(msgspec.Struct, frozen=True, gc=False):
    """Hold what never changes of a packet. `member_id` is its sender, None for a campaign's (`budget`)."""

    packet_id: str
    member_id: str | None
    budget: str | None
    mode: Mode
    message: str
    currency: str
    total_minor: int
    shares_count: int
    is_listed: bool
    luckiest_place: int
    starts_at: datetime
    expires_at: datetime
    sent_at: datetime


class Moving(msgspec.Struct, frozen=True, gc=False):
    """Hold what moves of a packet: how many shares were had and what they came to, and what went back to the source."""

    status: Status
    taken_count: int
    taken_minor: int
    returned_minor: int
    ended_at: datetime | None


class GrabRequest(msgspec.Struct, frozen=True, gc=False):
    """Ask for the next share of a packet. `key` names the intent, so that a repeat is answered by what it got."""

    packet_id: str
    member_id: str
    key: Key | None = None


class Grab(msgspec.Struct, frozen=True, gc=False):
    """Tell what a person got: `place` is the share's number, from 1. The wallet has it with the answer, or in a rush within
    seconds."""

    packet_id: Id
    place: int
    amount_minor: PositiveMinor
    currency: Currency
    grabbed_at: datetime


class Held(msgspec.Struct, frozen=True, gc=False):
    """Hold a grab as its row has it."""

    packet_id: str
    place: int
    person_id: str
    member_id: str
    amount_minor: int
    grabbed_at: datetime
    intent: bytes | None


class PacketView(msgspec.Struct, frozen=True, kw_only=True):
    """Show a packet. Its sums are told to its sender, to operators, to who had a share, and to everybody once it ended."""

    packet_id: Id
    mode: Mode
    message: str
    sender_name: str | None
    budget: str | None
    is_mine: bool
    is_listed: bool
    currency: Currency
    shares_count: int
    taken_count: int
    state: State
    starts_at: datetime
    expires_at: datetime
    sent_at: datetime
    ended_at: datetime | None
    total_minor: int | None
    taken_minor: int | None
    returned_minor: int | None
    mine: Grab | None


class GrabLine(msgspec.Struct, frozen=True, kw_only=True):
    """Show one grab in the list of a packet; the luckiest is told once all shares of a lucky packet were had."""

    place: int
    nickname: str
    amount_minor: int
    grabbed_at: datetime
    is_luckiest: bool
    is_mine: bool


class GrabbedPacket(msgspec.Struct, frozen=True, kw_only=True):
    """Show one packet that a member had a share of."""

    packet_id: Id
    sender_name: str | None
    budget: str | None
    message: str
    mode: Mode
    amount_minor: int
    currency: Currency
    grabbed_at: datetime
    is_luckiest: bool
