"""Shape benefits: what an offer gives. What each means in full: docs/algorithms/pricing.md."""

from enum import StrEnum
from typing import Annotated, TypeAlias

import msgspec

from fairday.kernel.money import BasisPoints, Minor, PositiveMinor
from fairday.promotions.engine.items import Count, Id, Items


class Gives(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
):
    """Be a benefit; `type` says which. In the item lane it is of each piece, in the others of the eligible goods together."""


class Fixed(Gives, frozen=True, tag="fixed", kw_only=True):
    """Take `amount_minor` off."""

    amount_minor: PositiveMinor


class Percent(Gives, frozen=True, tag="percent", kw_only=True):
    """Take `rate_bp` off, rounded down once a line, at most `cap_minor`."""

    rate_bp: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    cap_minor: PositiveMinor | None = None


class FixedPrice(Gives, frozen=True, tag="fixed_price", kw_only=True):
    """Sell each piece for `price_minor`; in other lanes than item, all eligible goods together."""

    price_minor: Minor


class TieredStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Be one step of a tiered benefit: from this amount or quantity on, this much off; one of the two is given."""

    from_: Annotated[int, msgspec.Meta(ge=1, le=10**14)] = msgspec.field(name="from")
    amount_minor: PositiveMinor | None = None
    rate_bp: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None


class Tiered(Gives, frozen=True, tag="tiered", kw_only=True):
    """Give what the highest step reached gives, at most `cap_minor`; by amount after item offers or by pieces. Not in the item lane."""

    by: Annotated[str, msgspec.Meta(pattern="^(amount|quantity)$")]
    steps: Annotated[tuple[TieredStep, ...], msgspec.Meta(min_length=1, max_length=20)]
    cap_minor: PositiveMinor | None = None


class Every(Gives, frozen=True, tag="every", kw_only=True):
    """Take `off_minor` off for every whole `every_minor` of the base, at most `cap_minor` (每满X减Y). Not in the item lane. Source: R9."""

    every_minor: PositiveMinor
    off_minor: PositiveMinor
    cap_minor: PositiveMinor | None = None


class Of(StrEnum):
    """Name which pieces a set is made of: of one SKU, of all eligible goods (the cheapest are lowered), or from a list of its own."""

    SAME = "same"
    CHEAPEST = "cheapest"
    LISTED = "listed"


class NthItem(Gives, frozen=True, tag="nth_item", kw_only=True):
    """Lower every nth piece by `rate_bp`, or to `price_minor` (第二件半价). Item lane only."""

    n: Annotated[int, msgspec.Meta(ge=2, le=100)]
    rate_bp: BasisPoints | None = None
    price_minor: Minor | None = None
    of: Of = Of.SAME
    times_max: Count | None = None


class BuyGet(Gives, frozen=True, tag="buy_get", kw_only=True):
    """Lower `get` pieces by `rate_bp` for every `buy` others; `listed` takes them from `get_items` (买二送一). Item lane only."""

    buy: Count
    get: Count
    of: Of = Of.SAME
    get_items: Items | None = None
    rate_bp: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 10_000
    times_max: Count | None = None


class BundlePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Be one part of a bundle: so many pieces of these goods."""

    items: Items
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1


class Bundle(Gives, frozen=True, tag="bundle", kw_only=True):
    """Sell the parts together for `price_minor`, as often as they are there (套装价). Item lane only."""

    parts: Annotated[tuple[BundlePart, ...], msgspec.Meta(min_length=1, max_length=10)]
    price_minor: Minor
    times_max: Count | None = None


class Fallback(StrEnum):
    """Name what is given when a gift is out of stock. Source: R11."""

    NOTHING = "nothing"
    OTHER_SKU = "other_sku"
    AMOUNT = "amount"


class Gift(Gives, frozen=True, tag="gift", kw_only=True):
    """Add `quantity` of `sku` as a line that costs nothing; out of stock, the stated fallback. Shop, cross-shop and platform lanes."""

    sku: Id
    quantity: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    fallback: Fallback = Fallback.NOTHING
    fallback_sku: Id | None = None
    fallback_minor: PositiveMinor | None = None


class Freight(Gives, frozen=True, tag="freight", kw_only=True):
    """Take `rate_bp` of the freight off, at most `cap_minor`. Freight lane only."""

    rate_bp: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 10_000
    cap_minor: PositiveMinor | None = None


class Points(Gives, frozen=True, tag="points", kw_only=True):
    """Multiply the points that the eligible goods earn; 20000 is double. Changes no price."""

    multiplier_bp: Annotated[int, msgspec.Meta(ge=10_001, le=1_000_000)]


class Deposit(Gives, frozen=True, tag="deposit", kw_only=True):
    """Let a deposit count for more than was paid: what it counts beyond itself comes off each piece (定金膨胀). Item lane only. Source: R53."""

    deposit_minor: PositiveMinor
    counts_as_minor: PositiveMinor


class Tender(Gives, frozen=True, tag="tender", kw_only=True):
    """Pay up to `amount_minor`, and up to `limit_bp` of what the eligible goods cost: a red packet or points. Payment lane only. Source: R9."""

    amount_minor: PositiveMinor
    limit_bp: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 10_000


Benefit: TypeAlias = (
    Fixed
    | Percent
    | FixedPrice
    | Tiered
    | Every
    | NthItem
    | BuyGet
    | Bundle
    | Gift
    | Freight
    | Points
    | Deposit
    | Tender
)
