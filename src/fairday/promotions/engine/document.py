"""Shape the document of `fairday price`: what goes in and what comes out. Stable; outside tools write and read it.

Amounts are minor units of the document's currency. Fields that nobody knows are refused. JSON Schemas: docs/schemas/price-in.json
and price-out.json; examples: docs/algorithms/pricing.md.
"""

from typing import Annotated

import msgspec

from fairday.kernel.money import Currency, Minor
from fairday.promotions.engine.condition_types import CartChannel
from fairday.promotions.engine.items import Id, Ids, Instant
from fairday.promotions.engine.offers import Offer

Decimal3 = Annotated[
    str,
    msgspec.Meta(pattern=r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,3})?$", examples=["1.250"]),
]


class TimedPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Be a price that holds in [from, until); it counts when it is below the regular one. Source: R3."""

    price_minor: Minor
    from_: Instant | None = msgspec.field(default=None, name="from")
    until: Instant | None = None


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Be one SKU. `unit` is a UNECE Recommendation 20 code: C62 and other counted units sell in whole pieces, weighed and
    measured ones (KGM, GRM, LTR, MTR, ...) by decimals, and `price_minor` is for one unit.

    `member_prices`: tier to price. `tax_rate_bp`: the rate of this SKU under the document's `tax`.
    """

    sku: Id
    price_minor: Minor
    merchant_id: Id = "merchant"
    category_ids: Ids = ()
    brand: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    tags: Ids = ()
    weight_g: Annotated[int, msgspec.Meta(ge=0, le=10**9)] = 0
    cost_floor_minor: Minor = 0
    compare_at_minor: Minor | None = None
    prices: Annotated[tuple[TimedPrice, ...], msgspec.Meta(max_length=100)] = ()
    member_prices: dict[str, Minor] = {}
    unit: Annotated[str, msgspec.Meta(pattern="^[A-Z0-9]{2,3}$")] = "C62"
    tax_rate_bp: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Be the shopper, as far as a price may depend on them. `order_count`: orders placed before this one."""

    tier: Id | None = None
    segments: Ids = ()
    order_count: Annotated[int, msgspec.Meta(ge=0)] = 0


class HeldClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Be a claimed coupon or a red packet that the shopper holds."""

    claim_id: Id
    offer_id: Id


class DocumentLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Be one line of the cart; `quantity` is whole, or a decimal text for what is weighed."""

    line_id: Id
    sku: Id
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | Decimal3 = 1


class OpenPhase(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Be a phase of the festival, open in [starts_at, ends_at)."""

    phase_id: Id
    starts_at: Instant
    ends_at: Instant


class Tax(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Say whether prices hold the tax already, and whether it is rounded once a line or once a document. Source: R21, R22."""

    mode: Annotated[str, msgspec.Meta(pattern="^(inclusive|exclusive)$")]
    rounding: Annotated[str, msgspec.Meta(pattern="^(line|document)$")] = "line"


class PriceIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Hold all that a price depends on.

    `choose`: ids of claims and of optional or code offers to use; without it the best set is found. `counters`: how many of a
    first-N offer are taken. `stock`: what is left of gifts; a SKU that is not named has enough. `zone`: IANA zone of hours and weekdays.
    """

    now: Instant
    currency: Currency
    products: Annotated[tuple[Product, ...], msgspec.Meta(max_length=100_000)]
    lines: Annotated[tuple[DocumentLine, ...], msgspec.Meta(max_length=1000)]
    offers: Annotated[tuple[Offer, ...], msgspec.Meta(max_length=100_000)] = ()
    member: Member | None = None
    claims: Annotated[tuple[HeldClaim, ...], msgspec.Meta(max_length=200)] = ()
    codes: Annotated[tuple[str, ...], msgspec.Meta(max_length=20)] = ()
    choose: Ids | None = None
    freight_minor: Minor = 0
    place_id: Id | None = None
    channel: CartChannel = CartChannel.ONLINE
    payment_method: Id | None = None
    region_id: Id | None = None
    phases: Annotated[tuple[OpenPhase, ...], msgspec.Meta(max_length=1000)] = ()
    counters: dict[str, Annotated[int, msgspec.Meta(ge=0)]] = {}
    stock: dict[str, Annotated[int, msgspec.Meta(ge=0)]] = {}
    tax: Tax | None = None
    zone: Annotated[str, msgspec.Meta(max_length=60)] = "Asia/Shanghai"


class PricedAllocation(msgspec.Struct, frozen=True, gc=False):
    """Be one funder's part of one offer on one line. Source: R19, R88."""

    offer_id: str
    version: int
    funder: str
    amount_minor: int


class UnitShare(msgspec.Struct, frozen=True, gc=False):
    """Be so many pieces of a line that cost the same."""

    quantity: int
    net_minor: int


class PricedLine(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Be one priced line: gross - its allocations = net. `units` says what single pieces cost when they differ; `points_bp` how often its
    points count (20000 is double); `gift_of` the offer that gave it."""

    line_id: str
    sku: str
    quantity: int | str
    gross_minor: int
    net_minor: int
    allocations: tuple[PricedAllocation, ...] = ()
    units: tuple[UnitShare, ...] | None = None
    tax_minor: int = 0
    points_bp: int = 10_000
    gift_of: str | None = None


class AppliedOffer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Be one offer that stands on the cart, what it took off in all, and the sentence that says so."""

    offer_id: str
    amount_minor: int
    text: str
    text_zh: str
    version: int = 1
    lane: str = ""
    claim_id: str | None = None


class Refused(msgspec.Struct, frozen=True, omit_defaults=True):
    """Be one offer that does not stand on the cart, and why not.

    `missing`: minor units, pieces or grams that lack, where the reason is one of these. `by`: the offer that stands instead.
    `saves_minor`: what it would have taken off beside the others, where it could stand.
    """

    offer_id: str
    reason: str
    missing: int | None = None
    claim_id: str | None = None
    by: str | None = None
    saves_minor: int | None = None
    text: str = ""
    text_zh: str = ""


class Hint(msgspec.Struct, frozen=True, omit_defaults=True):
    """Be what to add to save more (凑单): an amount or a number of pieces, and what that takes off beyond now."""

    offer_id: str
    saves_minor: int
    add_minor: int | None = None
    add_quantity: int | None = None


class Payment(msgspec.Struct, frozen=True):
    """Be a red packet or points that pay a part; no discount. Source: R9."""

    offer_id: str
    amount_minor: int
    claim_id: str | None = None


class TraceStep(msgspec.Struct, frozen=True, omit_defaults=True):
    """Be one step of the way to the price: what an offer found and left, per line that it touched."""

    lane: str
    offer_id: str
    base_minor: int
    amount_minor: int
    net_minor: tuple[tuple[str, int], ...] = ()
    claim_id: str | None = None


class PriceOut(msgspec.Struct, frozen=True, omit_defaults=False):
    """Hold a priced cart: subtotal - discount + freight (+ tax, where prices are without) = total; total - payments = payable."""

    currency: str
    priced_at: Instant
    engine: int
    total_minor: int
    subtotal_minor: int
    discount_minor: int
    freight_minor: int
    tax_minor: int
    payable_minor: int
    lines: tuple[PricedLine, ...]
    applied: tuple[AppliedOffer, ...]
    refused: tuple[Refused, ...]
    hints: tuple[Hint, ...]
    payments: tuple[Payment, ...]
    freight_allocations: tuple[PricedAllocation, ...]
    trace: tuple[TraceStep, ...]
