"""Shape flash sales and the places in them. Amounts are minor units of the sale's currency."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.kernel.ids import Id
from fairday.kernel.money import Currency, Minor

PLACES_MAX = 1_000_000
HOLD_S = 900
"""How long a place waits for its payment unless the sale says otherwise. Source: R49."""

Instant = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339 with an offset.")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class FlashStatus(StrEnum):
    """Name whether a sale goes on; STOPPED and CLOSED are final."""

    LIVE = "live"
    STOPPED = "stopped"
    CLOSED = "closed"


class FlashLabel(StrEnum):
    """Name what the button says."""

    SOON = "soon"
    GO = "go"
    CHANCE = "chance"
    SOLD_OUT = "sold_out"
    OVER = "over"


class EntryState(StrEnum):
    """Name where a place stands; ORDERED, LAPSED and MISSED are final."""

    WON = "won"
    WAITING = "waiting"
    ORDERED = "ordered"
    LAPSED = "lapsed"
    MISSED = "missed"


class FlashSaleBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for a sale of `places` pieces of a SKU from a store, set aside at once; operators name no merchant: the SKU does.

    `price_minor` must be below the SKU's regular price. `waitlist_max` people more may wait for a place that is not paid.
    """

    name: Name
    name_en: Name | None = None
    sku_id: Id
    store_id: Id
    places: Annotated[int, msgspec.Meta(ge=1, le=PLACES_MAX)]
    price_minor: Minor
    waitlist_max: Annotated[int, msgspec.Meta(ge=0, le=PLACES_MAX)] = 0
    hold_s: Annotated[int, msgspec.Meta(ge=60, le=3600)] = HOLD_S
    starts_at: Instant
    ends_at: Instant


class FlashSale(msgspec.Struct, frozen=True):
    """Show a sale. `won_count` places are held or bought, `ordered_count` of them bought; `log_sha256` is the head of its log."""

    sale_id: str
    merchant_id: str
    sku_id: str
    store_id: str
    name: str
    name_en: str | None
    currency: Currency
    regular_minor: Minor
    price_minor: Minor
    places: int
    waitlist_max: int
    hold_s: int
    starts_at: datetime
    ends_at: datetime
    status: FlashStatus
    label: FlashLabel
    entered_count: int
    won_count: int
    ordered_count: int
    waiting_count: int
    log_count: int
    log_sha256: str


class FlashEntry(msgspec.Struct, frozen=True):
    """Hold one person's place. `ahead` counts who waits before, for one who waits; `who` names the person in the sale's log."""

    sale_id: str
    place: int
    state: EntryState
    holds_until: datetime | None
    ahead: int
    order_id: str | None
    who: str
    entered_at: datetime


class EnterRequest(msgspec.Struct, frozen=True, gc=False):
    """Carry one member who wants a place."""

    sale_id: str
    member_id: str


class FlashLogPage(msgspec.Struct, frozen=True):
    """Hold lines of a sale's log, each with its hash at the end, and the number of the last."""

    lines: list[str]
    next_after: int | None


class FlashLogQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for the lines after a number."""

    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1_000


class FlashSalesQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for sales that run or come, the next first; with `merchant_id` those of one merchant, also past ones, the newest first."""

    merchant_id: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50
