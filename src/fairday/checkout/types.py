"""Shape what shoppers and tills ask of checkout. Amounts are minor units of the named currency."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.coupons.service import ClaimView
from fairday.kernel.ids import Id
from fairday.kernel.money import Currency, Minor
from fairday.orders.types import Channel, CloseReason
from fairday.promotions.service import Offer, OfferTerms
from fairday.promotions.types import Applied, Quote

PAYMENT_TTL = timedelta(minutes=15)
"""How long an order waits for its payment."""
RESERVATION_TTL = PAYMENT_TTL + timedelta(minutes=2)
"""How long its goods and coupons are kept: longer, so that no payment comes too late for them. Source: R69."""
COMMISSION_BP = 500
"""Commission of a merchant without terms of its own. Source: R89."""
LINES_MAX = 100
CLAIMS_MAX = 10
QUANTITY_MAX = 9_999

Quantity = Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=40, examples=["DOUBLE11"])]
Codes = Annotated[tuple[Code, ...], msgspec.Meta(max_length=5)]
ClaimIds = Annotated[tuple[Id, ...], msgspec.Meta(max_length=CLAIMS_MAX)]


class CartLine(msgspec.Struct, gc=False, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for `quantity` of a SKU from one of its merchant's stores: where it is fetched, or sent from."""

    sku_id: Id
    quantity: Quantity
    store_id: Id


CartLines = Annotated[tuple[CartLine, ...], msgspec.Meta(min_length=1, max_length=LINES_MAX)]


class Choosing(StrEnum):
    """Name who chooses a quote's coupons, and whether it tells of the member's others.

    none: those named, nothing told. given: those named. best: the set that takes off most.
    """

    NONE = "none"
    GIVEN = "given"
    BEST = "best"


class QuoteBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask what a cart costs now. Coupons need a signed-in member; `choosing` has them chosen or judged.

    `offers` are drafts that an operator tries beside the live ones; they are called inline-1, inline-2, ...
    """

    lines: CartLines
    currency: Currency
    claim_ids: ClaimIds = ()
    codes: Codes = ()
    choosing: Choosing = Choosing.NONE
    offers: Annotated[tuple[OfferTerms, ...], msgspec.Meta(max_length=20)] = ()
    ship_to_region_id: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class OrderBody(msgspec.Struct, gc=False, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Place an order at the total that was shown; another price is refused with the new quote.

    `pay_with` "wallet" pays at once; null reserves goods and coupons for 15 minutes and waits for a payment.
    `ship_to_region_id` or `address_id` (one of the member's own) asks for delivery; without them the goods are picked up at
    the lines' stores.
    """

    lines: CartLines
    currency: Currency
    expected_total_minor: Minor
    claim_ids: ClaimIds = ()
    codes: Codes = ()
    pay_with: Annotated[str, msgspec.Meta(pattern="^wallet$")] | None = None
    ship_to_region_id: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    address_id: Id | None = None


class PlaceLine(msgspec.Struct, gc=False, frozen=True):
    """Carry one line to `place`. `line_gross_minor` is a till's own price of the whole line."""

    sku_id: str
    quantity: int
    store_id: str
    line_gross_minor: int | None = None


class PlaceOrder(msgspec.Struct, gc=False, frozen=True, kw_only=True):
    """Carry one order to `place`.

    Online: `member_id`, `expected_total_minor` and perhaps `pay_with`; `is_flash` lines have the price of a flash sale and meet no
    offers. In store: `store_id`, `till_id`, `receipt_id`;
    paid at once: `wallet_minor` from the member's wallet, the rest in the till. `expected_total_minor` may be None there.
    """

    lines: tuple[PlaceLine | CartLine, ...]
    currency: str
    channel: Channel = Channel.ONLINE
    member_id: str | None = None
    claim_ids: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    expected_total_minor: int | None = None
    pay_with: str | None = None
    ship_to_region_id: str | None = None
    address_id: str | None = None
    store_id: str | None = None
    till_id: str | None = None
    clerk_id: str | None = None
    receipt_id: str | None = None
    wallet_minor: int = 0
    is_flash: bool = False


class QuoteRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Carry one cart to `quote`."""

    lines: tuple[PlaceLine | CartLine, ...]
    currency: str
    member_id: str | None = None
    claim_ids: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    ship_to_region_id: str | None = None
    channel: Channel = Channel.ONLINE
    store_id: str | None = None
    till_id: str | None = None
    tried_offers: tuple[Offer, ...] = ()


class ShipTo(msgspec.Struct, frozen=True, kw_only=True):
    """Hold the copy of an address that an order was placed with."""

    order_id: Id
    name: str
    phone: str
    region_id: str
    city: str
    street: str


class PayOrder(msgspec.Struct, frozen=True):
    """Carry the payment of a waiting order from its member's wallet."""

    order_id: str
    member_id: str


class CancelOrder(msgspec.Struct, frozen=True):
    """Carry the cancellation of an order; `member_id` or `till_id` set means: only their own."""

    order_id: str
    member_id: str | None = None
    reason: CloseReason = CloseReason.MEMBER
    till_id: str | None = None


class FulfilPart(msgspec.Struct, frozen=True):
    """Carry that a merchant hands over or sends its part; `merchant_id` None for operators."""

    merchant_order_id: str
    merchant_id: str | None


class PaymentBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pay a waiting order in full from the wallet."""

    pay_with: Annotated[str, msgspec.Meta(pattern="^wallet$")] = "wallet"


class MerchantTerms(msgspec.Struct, frozen=True):
    """Hold what the platform agreed with a merchant."""

    merchant_id: str
    commission_bp: int


class Choice(msgspec.Struct, frozen=True):
    """Tell of one unused claim whether the quote uses it; if not, what it would take off beside the chosen ones, or why not.

    `left_minor` is what eligible goods miss to its threshold, where that is the reason. Source: R15.
    """

    claim: ClaimView
    is_chosen: bool
    saves_minor: int
    why_not: str | None = None
    why_not_en: str | None = None
    why_not_zh: str | None = None
    left_minor: int | None = None


class StandingOffer(msgspec.Struct, frozen=True):
    """Tell an offer that lowers the cart: its name and what it takes off."""

    offer_id: str
    name: str
    amount_minor: int


class PassedOffer(msgspec.Struct, frozen=True):
    """Tell an offer of these goods that does not lower the cart, and why not; `missing` in minor units, pieces or grams."""

    offer_id: str
    name: str
    reason: str
    why_not_en: str
    why_not_zh: str
    missing: int | None = None
    by_name: str | None = None


class OfferHint(msgspec.Struct, frozen=True):
    """Tell what to add to the cart to save more (凑单): an amount or pieces, and what that takes off beyond now."""

    offer_id: str
    name: str
    saves_minor: int
    add_minor: int | None = None
    add_quantity: int | None = None


class PriceStep(msgspec.Struct, frozen=True):
    """Tell one step of the way to the price: the lane, the offer or the claim, what counted for it, and what it took off."""

    lane: str
    base_minor: int
    amount_minor: int
    offer_id: str | None = None
    name: str | None = None
    claim_id: str | None = None


class QuoteView(msgspec.Struct, frozen=True):
    """Show a priced cart; `is_available` tells per line whether the store has enough now (no promise until placed).

    `choices` tells of every unused claim of the member when `choosing` asked for it. `offers` to `steps` tell of live offers,
    where any meets the goods.
    """

    quote: Quote
    is_available: tuple[bool, ...]
    choices: tuple[Choice, ...] = ()
    offers: tuple[StandingOffer, ...] = ()
    passed: tuple[PassedOffer, ...] = ()
    hints: tuple[OfferHint, ...] = ()
    steps: tuple[PriceStep, ...] = ()


class NewQuote(msgspec.Struct, frozen=True):
    """Tell inside `price_changed` what the cart costs now."""

    gross_minor: int
    discount_minor: int
    total_minor: int
    discounts: tuple[Applied, ...]
    line_net_minor: tuple[int, ...]
    priced_at: datetime


class FlashOrderBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask to order and pay the piece of a held place: fetched at the sale's store, or sent to a region or an address."""

    expected_total_minor: Minor
    ship_to_region_id: Id | None = None
    address_id: Id | None = None


class OrderWin(msgspec.Struct, frozen=True, kw_only=True):
    """Carry the order of a held place in a flash sale."""

    sale_id: str
    member_id: str
    body: FlashOrderBody
