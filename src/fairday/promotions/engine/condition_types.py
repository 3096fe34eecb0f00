"""Shape conditions: when, where, for whom and with what goods an offer holds. What each means in full: docs/algorithms/pricing.md."""

from enum import StrEnum
from typing import Annotated, TypeAlias

import msgspec

from fairday.kernel.money import Minor
from fairday.promotions.engine.items import ClockTime, Count, Id, Ids, Instant, Items


class CartChannel(StrEnum):
    """Name where a cart is bought."""

    ONLINE = "online"
    IN_STORE = "in_store"
    LIVE = "live"


class Rule(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
):
    """Be a condition; `type` says which."""


class All(Rule, frozen=True, tag="all", kw_only=True):
    """Hold when each of `of` holds."""

    of: Annotated[tuple["Condition", ...], msgspec.Meta(min_length=1, max_length=50)]


class AnyOf(Rule, frozen=True, tag="any", kw_only=True):
    """Hold when one of `of` holds."""

    of: Annotated[tuple["Condition", ...], msgspec.Meta(min_length=1, max_length=50)]


class Not(Rule, frozen=True, tag="not", kw_only=True):
    """Hold when `of` does not."""

    of: "Condition"


class Within(Rule, frozen=True, tag="window", kw_only=True):
    """Hold at an instant in [from, until). Source: R1."""

    from_: Instant | None = msgspec.field(default=None, name="from")
    until: Instant | None = None


class InPhase(Rule, frozen=True, tag="phase", kw_only=True):
    """Hold while one of the festival's phases is open."""

    phase_ids: Ids


class Hours(Rule, frozen=True, tag="hours", kw_only=True):
    """Hold from `from` until before `until` on the clock of the document's zone; over midnight when until <= from."""

    from_: ClockTime = msgspec.field(name="from")
    until: ClockTime


class Weekdays(Rule, frozen=True, tag="weekdays", kw_only=True):
    """Hold on ISO weekdays (1 Monday to 7 Sunday) of the document's zone."""

    days: Annotated[tuple[Annotated[int, msgspec.Meta(ge=1, le=7)], ...], msgspec.Meta(min_length=1)]


class Place(Rule, frozen=True, tag="place", kw_only=True):
    """Hold at one of these places."""

    place_ids: Ids


class InChannel(Rule, frozen=True, tag="channel", kw_only=True):
    """Hold in one of these channels."""

    channels: Annotated[tuple[CartChannel, ...], msgspec.Meta(min_length=1)]


class ToRegion(Rule, frozen=True, tag="region", kw_only=True):
    """Hold when the goods go to one of these regions."""

    region_ids: Ids


class PaymentMethod(Rule, frozen=True, tag="payment_method", kw_only=True):
    """Hold when the shopper pays by one of these methods."""

    methods: Ids


class Quantity(Rule, frozen=True, tag="quantity", kw_only=True):
    """Hold when the cart has `min` to `max` pieces of `items` (else of the offer's own); a weighed line is one piece."""

    min: Count = 1
    max: Count | None = None
    items: Items | None = None


class Amount(Rule, frozen=True, tag="amount", kw_only=True):
    """Hold when goods of `items` (else the offer's own) come to `min_minor` to `max_minor` after item offers. Source: R9."""

    min_minor: Minor = 0
    max_minor: Minor | None = None
    items: Items | None = None


class Weight(Rule, frozen=True, tag="weight", kw_only=True):
    """Hold when goods of `items` (else the offer's own) weigh `min_g` to `max_g` grams."""

    min_g: Annotated[int, msgspec.Meta(ge=0, le=10**12)] = 0
    max_g: Annotated[int, msgspec.Meta(ge=0, le=10**12)] | None = None
    items: Items | None = None


class OrderNumber(Rule, frozen=True, tag="order_number", kw_only=True):
    """Hold on the member's nth order (1 is the first), or with `every` on each nth."""

    nth: Count = 1
    every: bool = False


class OfTier(Rule, frozen=True, tag="tier", kw_only=True):
    """Hold for members of these tiers."""

    tiers: Ids


class Segment(Rule, frozen=True, tag="segment", kw_only=True):
    """Hold for members in one of these segments."""

    segments: Ids


class NewMember(Rule, frozen=True, tag="new_member", kw_only=True):
    """Hold for a member who never ordered."""


class CouponHeld(Rule, frozen=True, tag="coupon_held", kw_only=True):
    """Hold when the member holds a claim of this offer, used here or not."""

    offer_id: Id


class CodeEntered(Rule, frozen=True, tag="code", kw_only=True):
    """Hold when one of these codes is entered; case, width and blanks around do not matter. Source: R13."""

    codes: Ids


class FirstN(Rule, frozen=True, tag="first_n", kw_only=True):
    """Hold while fewer than `n` were taken, as the document's `counters` say for this offer."""

    n: Count


Condition: TypeAlias = (
    All | AnyOf | Not | Within | InPhase | Hours | Weekdays | Place | InChannel | ToRegion | PaymentMethod | Quantity
    | Amount | Weight | OrderNumber | OfTier | Segment | NewMember | CouponHeld | CodeEntered | FirstN
)  # fmt: skip
