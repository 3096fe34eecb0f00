"""Shape offers as operators and merchants write, approve and stop them. Amounts are minor units of the offer's currency."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

import msgspec

from fairday.kernel.ids import Id
from fairday.kernel.money import Currency, PositiveMinor
from fairday.promotions.engine.document import PriceOut
from fairday.promotions.engine.items import Instant
from fairday.promotions.engine.offers import Lane, OfferTerms
from fairday.promotions.engine.simulating import Cart

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=300, examples=["Double 11, main venue"])]


class OfferStatus(StrEnum):
    """Name where an offer stands: never live yet, live, or stopped by somebody or by its budget."""

    DRAFT = "draft"
    LIVE = "live"
    STOPPED = "stopped"


class OfferBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Write a new offer. `merchant_id` is for operators: null is the platform's own. `budget_minor` stops it when it is used up."""

    terms: OfferTerms
    currency: Currency
    reason: Reason
    budget_minor: PositiveMinor | None = None
    merchant_id: Id | None = None


class VersionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Write a new version; the live one goes on until the new one is approved."""

    terms: OfferTerms
    reason: Reason
    budget_minor: PositiveMinor | None = None


class SimulationBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give carts to price; without them the last real orders are priced again."""

    carts: Annotated[tuple[Cart, ...], msgspec.Meta(max_length=1000)] = ()


class StopBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say why an offer is stopped or goes on."""

    reason: Reason


class PreviewLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Put pieces of a SKU into the sample cart."""

    sku_id: Id
    quantity: Annotated[int, msgspec.Meta(ge=1, le=9999)] = 1


class PreviewBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask what terms would do to a sample cart at an instant; nothing is stored. Without lines the cart is made of goods in scope."""

    terms: OfferTerms
    currency: Currency
    merchant_id: Id | None = None
    offer_id: Id | None = None
    lines: Annotated[tuple[PreviewLine, ...], msgspec.Meta(max_length=20)] = ()
    at: Instant | None = None


class SimulationConflict(msgspec.Struct, frozen=True):
    """Tell how often this offer and another kept each other from standing."""

    offer_id: Id
    name: str
    carts: int


class PriceWatch(msgspec.Struct, frozen=True):
    """Tell an operator of goods in an offer whose price asks for a second look: raised within 30 days before, or lowered below
    half of it, which may be a slip of the pen.

    `lowest_minor` is the lowest regular price of the last 30 days, `offered_minor` what one piece costs with the offer.
    """

    sku_id: Id
    name: str
    price_minor: int
    lowest_minor: int
    offered_minor: int
    is_raised: bool
    is_deep: bool


class Simulation(msgspec.Struct, frozen=True):
    """Tell what a version does to real carts: sums without and with it, what it takes, and who pays all discounts then.

    `watched`: goods whose price asks for a second look, among the first hundred that the offer lowers.
    """

    simulated_at: datetime
    carts: int
    subtotal_minor: int
    discount_before_minor: int
    discount_after_minor: int
    stood: int
    amount_minor: int
    funders: dict[str, int]
    conflicts: tuple[SimulationConflict, ...]
    watched: tuple[PriceWatch, ...] = ()


class VersionView(msgspec.Struct, frozen=True):
    """Show one version: what it says, who wrote it and why, what was simulated, and who approved it.

    `sentence` and `sentence_zh`: its rule in plain words, English and Chinese.
    """

    version: int
    terms: OfferTerms
    budget_minor: int | None
    reason: str
    created_by: Id
    created_by_name: str
    created_at: datetime
    approved_by: Id | None
    approved_by_name: str | None
    approved_at: datetime | None
    simulation: Simulation | None
    sentence: str = ""
    sentence_zh: str = ""


class OfferView(msgspec.Struct, frozen=True):
    """Show an offer with its latest version; `taken_minor` is what it took off orders that stand.

    `sentence` and `sentence_zh`: the rule of what is live, else of the latest version, in plain words.
    """

    offer_id: Id
    merchant_id: Id | None
    currency: str
    status: OfferStatus
    stop_reason: str | None
    live_version: int | None
    latest_version: int
    budget_minor: int | None
    taken_minor: int
    created_at: datetime
    latest: VersionView
    live_terms: OfferTerms | None
    sentence: str = ""
    sentence_zh: str = ""


class OfferVersions(msgspec.Struct, frozen=True):
    """Hold the versions of an offer, the newest first."""

    items: list[VersionView]


class PreviewConflict(msgspec.Struct, frozen=True):
    """Tell that another offer stands instead of this one on the sample cart, or this one instead of it."""

    offer_id: Id
    name: str
    reason: str


class Preview(msgspec.Struct, frozen=True):
    """Show what terms say in plain words and would do: `errors` when they contradict themselves, else the sample cart without and with them."""

    errors: list[str]
    before: PriceOut | None
    after: PriceOut | None
    conflicts: list[PreviewConflict]
    sentence: str = ""
    sentence_zh: str = ""


class LiveOffer(msgspec.Struct, frozen=True):
    """Show shoppers a live offer, with its rule in plain words."""

    offer_id: Id
    merchant_id: Id | None
    currency: str
    terms: OfferTerms
    sentence: str = ""
    sentence_zh: str = ""


class LiveOffers(msgspec.Struct, frozen=True):
    """Hold the offers that are live now."""

    items: list[LiveOffer]


class OfferListQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for offers: by status, merchant, lane, part of the name; `awaiting` me: those whose latest version waits for a second
    person, who may be the asker. In the order of `sort`, with a minus downwards; `share` is what is taken of the budget.
    """

    status: OfferStatus | None = None
    merchant_id: Id | None = None
    q: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    lane: Lane | None = None
    awaiting: Literal["me"] | None = None
    sort: Literal["created", "-created", "name", "-name", "taken", "-taken", "share", "-share"] = "-created"
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    cursor: Annotated[str, msgspec.Meta(max_length=400)] | None = None


class OfferAsk(msgspec.Struct, frozen=True, kw_only=True):
    """Carry a question for offers; `waits_for` is the account that could approve what waits."""

    merchant_id: str | None = None
    status: str | None = None
    q: str | None = None
    lane: str | None = None
    waits_for: str | None = None
    sort: str = "-created"


class OfferKey(NamedTuple):
    """Be where an offer stands in an order."""

    rank: int
    word: str
    offer_id: str


class LiveQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for the live offers of one merchant, or all."""

    merchant_id: Id | None = None
