"""Shape endpoints, their deliveries and what the sender learns from one attempt."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.kernel.ids import Id

EventPattern = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(\*|[a-z]{1,30}\.(\*|[A-Z][A-Za-z]{1,40}))$",
        description="An event type such as `orders.Paid`, all of a domain (`orders.*`), or `*`.",
    ),
]
Url = Annotated[
    str, msgspec.Meta(min_length=8, max_length=500, examples=["https://shop.example.com/fairday"])
]
OVERLAP_MAX_S = 7 * 24 * 3600


class EndpointStatus(StrEnum):
    """Name the states of an endpoint: `gone` when the receiver answered 410, `deleted` by its owner."""

    ACTIVE = "active"
    GONE = "gone"
    DELETED = "deleted"


class DeliveryStatus(StrEnum):
    """Name the states of a delivery; `dead` after three days without a 2xx, `cancelled` with its endpoint."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    CANCELLED = "cancelled"


class EndpointDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for an endpoint: where to send, and which event types."""

    url: Url
    event_types: Annotated[tuple[EventPattern, ...], msgspec.Meta(min_length=1, max_length=50)]
    description: Annotated[str, msgspec.Meta(max_length=200)] = ""


class RegisterRequest(msgspec.Struct, frozen=True):
    """Carry a draft whose address was checked; `merchant_id` None is an operator, who hears everything."""

    draft: EndpointDraft
    merchant_id: str | None


class Endpoint(msgspec.Struct, frozen=True):
    """Describe an endpoint; `failures` counts failed attempts since the last success."""

    endpoint_id: Id
    merchant_id: Id | None
    url: str
    description: str
    event_types: tuple[str, ...]
    status: EndpointStatus
    failures: int
    next_attempt_at: datetime
    made_at: datetime


class EndpointWithSecret(msgspec.Struct, frozen=True):
    """Hold an endpoint and its signing secret (`whsec_...`), which is shown this once."""

    endpoint: Endpoint
    secret: str


class Rotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a new secret; the old one signs too for `overlap_s` seconds (default a day)."""

    overlap_s: Annotated[int, msgspec.Meta(ge=0, le=OVERLAP_MAX_S)] = 24 * 3600


class Delivery(msgspec.Struct, frozen=True):
    """Describe one message to one endpoint; `sequence` is its place in the endpoint's order."""

    sequence: int
    event_id: str
    type: str
    status: DeliveryStatus
    attempts: int
    made_at: datetime
    gives_up_at: datetime
    attempted_at: datetime | None
    delivered_at: datetime | None
    last_status: int | None
    last_error: str | None
    last_ms: int | None


class Replay(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask to send again, in order: the named places, or all from `from_sequence` on; at most 10,000 at once."""

    sequences: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=1, le=2**53)], ...], msgspec.Meta(max_length=1000)
    ] = ()
    from_sequence: Annotated[int, msgspec.Meta(ge=1, le=2**53)] | None = None
    only_dead: bool = False


class Replayed(msgspec.Struct, frozen=True):
    """Tell how many deliveries wait again."""

    replayed_count: int


class Due(msgspec.Struct, frozen=True):
    """Hold what the sender needs of an endpoint it leased."""

    endpoint_id: str
    url: str
    secrets: tuple[str, ...]
    failures: int


class Letter(msgspec.Struct, frozen=True):
    """Hold one message that waits: its place, constant id, body and when to give up."""

    sequence: int
    event_id: str
    body: str
    gives_up_at: datetime


class Attempt(msgspec.Struct, frozen=True):
    """Record one attempt: the status that came back, or the error when none did; `took_ms` milliseconds."""

    status: int | None
    error: str | None
    took_ms: int


class Verdict(msgspec.Struct, frozen=True):
    """Decide what follows from an attempt: the letter's status, and the endpoint's failures and pause."""

    status: DeliveryStatus
    failures: int
    pause: timedelta
    is_gone: bool = False
