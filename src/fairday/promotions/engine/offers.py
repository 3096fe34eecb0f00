"""Shape an offer: where in the pipeline it stands, for whom and what it holds, what it gives, and who pays for it.

Offer = condition x benefit x calculator, in a lane. Every amount is in minor units of the document's one currency, every rate
in basis points (hundredths of a percent). Fields that nobody knows are refused. What each means in full: docs/algorithms/pricing.md.
"""

from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.kernel.money import Minor
from fairday.promotions.engine.benefit_types import Benefit
from fairday.promotions.engine.condition_types import Condition
from fairday.promotions.engine.items import Id, Ids, Instant, Items

FunderName = Annotated[
    str,
    msgspec.Meta(
        pattern="^(platform|merchant|brand:.{1,80})$",
        description="platform, merchant (whose line is lowered) or brand:NAME.",
    ),
]


class Lane(StrEnum):
    """Name the step of the pipeline, in its order. Source: R6."""

    ITEM = "item"
    SHOP = "shop"
    CROSS_SHOP = "cross_shop"
    PLATFORM = "platform"
    PAYMENT = "payment"
    FREIGHT = "freight"


class Trigger(StrEnum):
    """Name what puts an offer on a cart: nothing, a claimed coupon, or a code that is entered."""

    AUTOMATIC = "automatic"
    CLAIM = "claim"
    CODE = "code"


class OnReturn(StrEnum):
    """Name what a partial return does to what the kept goods still carry of the offer. Source: R81."""

    PROPORTIONAL = "proportional"
    KEEP = "keep"
    CLAW_BACK = "claw_back"


class FunderShare(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Be one payer's share of a discount; those of an offer sum to 10000. Source: R88."""

    funder: FunderName
    share_bp: Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class OfferTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Be what an offer is, apart from who makes it.

    `items`: the goods that it lowers and that its conditions and steps count. `priority`: higher goes first. `exclusive`: no
    other offer of the lane stands beside it on any of its goods. `group`: at most one offer of a group on any goods.
    `optional`: the shopper may leave it out; coupons and codes always are. `claims_max`: claims of it on one order.
    `funders`: without them, the merchant of a shop's offer or the platform pays it all. `unit_floor_minor`: no piece below
    this; the rest goes to other goods. `payable_floor_minor`: what it leaves of the price of all goods at least (R32; not in the
    item lane). `may_go_below_cost`: else no piece below its product's cost floor.
    """

    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    lane: Lane
    trigger: Trigger = Trigger.AUTOMATIC
    codes: Ids = ()
    optional: bool = False
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    items: Items = Items()
    condition: Condition | None = None
    benefit: Benefit
    priority: Annotated[int, msgspec.Meta(ge=-1000, le=1000)] = 0
    exclusive: bool = False
    group: Id | None = None
    claims_max: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1
    funders: Annotated[tuple[FunderShare, ...], msgspec.Meta(max_length=10)] = ()
    unit_floor_minor: Minor = 0
    payable_floor_minor: Minor = 0
    may_go_below_cost: bool = False
    on_return: OnReturn = OnReturn.PROPORTIONAL


class Offer(OfferTerms, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Be one version of an offer; with `merchant_id` it sees this merchant's goods only."""

    offer_id: Id
    version: Annotated[int, msgspec.Meta(ge=1)] = 1
    merchant_id: Id | None = None
