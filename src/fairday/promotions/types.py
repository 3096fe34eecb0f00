"""Shape what the price engine reads and answers. Amounts are minor units of the cart's one currency."""

from datetime import datetime
from enum import StrEnum

import msgspec

from fairday.kernel.money import Currency
from fairday.promotions.engine.offers import Offer
from fairday.promotions.engine.telling import ENGINE

ENGINE_VERSION = 1
"""Prices carts that no offer meets. Rises when the engine would price a stored cart to another number; a trace names the one that priced it (R2)."""

OFFERS_ENGINE = ENGINE
"""Prices carts that offers meet."""


WALLET = "wallet"
"""How orders on the net are paid: the only way that there is yet."""


class Level(StrEnum):
    """Name who offers a coupon: its place in the fixed pipeline. Source: R6."""

    MERCHANT = "merchant"
    PLATFORM = "platform"


class DiscountKind(StrEnum):
    """Name how a discount is worked out.

    fixed: `amount_minor` off. threshold: the same once the base reaches `threshold_minor` (满减). percent: `rate_bp` of
    the eligible net off, at most `cap_minor`. exchange: one unit of an eligible line for `amount_minor` (兑换券).
    """

    FIXED = "fixed"
    PERCENT = "percent"
    THRESHOLD = "threshold"
    EXCHANGE = "exchange"


class PriceLine(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Hold one line: a regular unit price, the prices it has in phases, or the till's own price of the whole line.

    What the goods are (`category_ids` to `compare_at_minor`) is said only where offers ask for it.
    """

    line_id: str
    sku_id: str
    merchant_id: str
    quantity: int
    price_minor: int
    phase_prices: tuple[tuple[str, int], ...] = ()
    till_gross_minor: int | None = None
    category_ids: tuple[str, ...] = ()
    brand: str | None = None
    tags: tuple[str, ...] = ()
    compare_at_minor: int | None = None


class FunderKind(StrEnum):
    """Name who pays for a discount; a merchant is the one whose line it lowers."""

    PLATFORM = "platform"
    MERCHANT = "merchant"
    BRAND = "brand"


class Funder(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Hold one payer's share of a discount in hundredths of a percent; a discount's shares sum to 10000. Source: R88."""

    kind: str
    share_bp: int
    brand: str = ""


class Discount(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Hold one coupon as the engine reads it: terms of one template version and the lines in its scope.

    `eligible` are indexes into the cart's lines: those it lowers. `base_minor` is what counts toward the threshold where
    that is not simply those lines (an exchanged unit does not earn itself). `group`: two of one group exclude each other.
    """

    claim_id: str
    source_id: str
    source_version: int
    level: str
    kind: str
    funders: tuple[Funder, ...]
    eligible: tuple[int, ...]
    amount_minor: int = 0
    rate_bp: int = 0
    cap_minor: int | None = None
    threshold_minor: int = 0
    min_payable_minor: int = 0
    base_minor: int | None = None
    group: str | None = None


class Scene(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Hold what offers ask beside the goods: where, how and by whom the cart is bought; `order_count` is None for guests,
    `payment_method` at tills, where it is not known before the price is."""

    channel: str
    place_id: str | None = None
    region_id: str | None = None
    codes: tuple[str, ...] = ()
    order_count: int | None = None
    zone: str = "Asia/Shanghai"
    payment_method: str | None = None


class PriceCart(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Hold everything a price depends on; stored with the order as its trace, so that it can be priced again (R2).

    `offers` are the live ones that met it, with `scene` for their conditions. What has its default is left out of the stored text, which is written with every order; the engine never is.
    """

    engine: int
    currency: Currency
    priced_at: datetime
    phase_ids: tuple[str, ...]
    lines: tuple[PriceLine, ...]
    discounts: tuple[Discount, ...] = ()
    offers: tuple[Offer, ...] = ()
    scene: Scene | None = None


class Allocation(msgspec.Struct, frozen=True, gc=False):
    """Hold the part of one discount that lowers one line, with its funders' shares of it.

    platform + merchant + brand = amount; `brand` names the brand when it pays. `claim_id` is null where the source is an offer.
    """

    claim_id: str | None
    source_id: str
    source_version: int
    amount_minor: int
    platform_minor: int
    merchant_minor: int
    brand_minor: int = 0
    brand: str | None = None


class QuoteLine(msgspec.Struct, frozen=True, gc=False):
    """Hold one priced line: `gross_minor` after the phase price, `net_minor` after all its allocations."""

    line_id: str
    sku_id: str
    merchant_id: str
    quantity: int
    unit_minor: int
    gross_minor: int
    net_minor: int
    phase_id: str | None
    allocations: tuple[Allocation, ...]


class Applied(msgspec.Struct, frozen=True, gc=False):
    """Hold what one coupon, or with `claim_id` null one offer, took off in all."""

    claim_id: str | None
    source_id: str
    source_version: int
    amount_minor: int


class Quote(msgspec.Struct, frozen=True, gc=False):
    """Hold a priced cart: gross - discounts = total, and the lines sum to each of the three."""

    currency: Currency
    priced_at: datetime
    lines: tuple[QuoteLine, ...]
    discounts: tuple[Applied, ...]
    gross_minor: int
    discount_minor: int
    total_minor: int
    engine: int = ENGINE_VERSION
