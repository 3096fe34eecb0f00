"""Shape redemptions and sales at tills. Amounts are minor units of the till's one currency."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from fairday.coupons.service import BasketRule
from fairday.kernel.http.routes import PageQuery
from fairday.kernel.ids import ExternalId, Id
from fairday.kernel.money import Currency, Minor
from fairday.tills.types import At

LINES_MAX = 100
CODES_MAX = 10

CodeText = Annotated[
    str,
    msgspec.Meta(
        min_length=8, max_length=400, description="A rotating code as scanned, or its digits as typed."
    ),
]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=9_999)]


class BasketLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Name one line by exactly one of `gtin` (barcode), `sku` (the merchant's own id) and `sku_id`.

    `line_gross_minor` is the POS's price of the whole line, only at tills with `pos_prices` (S38).
    """

    gtin: Annotated[str, msgspec.Meta(pattern="^[0-9]{8,14}$")] | None = None
    sku: ExternalId | None = None
    sku_id: Id | None = None
    quantity: Quantity = 1
    line_gross_minor: Minor | None = None


Basket = Annotated[tuple[BasketLine, ...], msgspec.Meta(min_length=1, max_length=LINES_MAX)]


class PrepareBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Show a coupon's code, and the basket when it is known already."""

    code: CodeText
    lines: Annotated[tuple[BasketLine, ...], msgspec.Meta(max_length=LINES_MAX)] = ()


class ConsumeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Use a coupon up for a receipt: a prepared one by `claim_id`, or in one step by `code`.

    Send the basket, or `amount_minor` where the POS worked it out; with both, they must agree.
    """

    claim_id: Id | None = None
    code: CodeText | None = None
    receipt_id: ExternalId
    lines: Annotated[tuple[BasketLine, ...], msgspec.Meta(max_length=LINES_MAX)] = ()
    amount_minor: Minor | None = None


class ReversalBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Undo a redemption and say why."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class PrepareAt(msgspec.Struct, frozen=True):
    """Carry a preparation to its lane."""

    at: At
    body: PrepareBody


class ConsumeAt(msgspec.Struct, frozen=True):
    """Carry a redemption to its lane."""

    at: At
    body: ConsumeBody


class ReverseAt(msgspec.Struct, frozen=True):
    """Carry a reversal to its lane."""

    at: At
    redemption_id: str
    reason: str


class Prepared(msgspec.Struct, frozen=True):
    """Tell what the coupon asks of the basket and, when a basket was sent, what it gives.

    `line_numbers` are the lines (from 1) that bear the discount (R42); `discount_minor` is what the coupon alone takes
    off; when it takes nothing off this basket, `refusal_code` and its sentences say why. The claim is set aside for
    this till until `locked_until`.
    """

    claim_id: Id
    coupon_id: Id
    name: str
    name_en: str
    summary: str
    summary_en: str
    locked_until: datetime
    expires_at: datetime
    rule: BasketRule
    line_numbers: tuple[int, ...] | None = None
    gross_minor: int | None = None
    discount_minor: int | None = None
    refusal_code: str | None = None
    refusal: str | None = None
    refusal_zh: str | None = None


class Redemption(msgspec.Struct, frozen=True):
    """Hold one redemption at a till with who, where and when. Source: R41."""

    redemption_id: Id
    claim_id: Id
    coupon_id: Id
    merchant_id: Id
    store_id: Id
    till_id: Id
    shift_id: Id
    clerk_id: Id
    receipt_id: str
    currency: Currency
    amount_minor: int
    redeemed_at: datetime
    reversed_at: datetime | None = None
    reversed_by: str | None = None
    reverse_reason: str | None = None


class LogQuery(PageQuery, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a page of a till's log, the newest first; a clerk gets its own till's whatever it asks."""

    store_id: Id | None = None
    till_id: Id | None = None
    merchant_id: Id | None = None


class QuoteBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask what a basket costs at this till with these coupons; the coupons are set aside for the till meanwhile."""

    lines: Basket
    coupon_codes: Annotated[tuple[CodeText, ...], msgspec.Meta(max_length=CODES_MAX)] = ()
    claim_ids: Annotated[
        tuple[Id, ...], msgspec.Meta(max_length=CODES_MAX, description="Claims that this till prepared.")
    ] = ()
    pay_code: CodeText | None = None


class SaleBody(QuoteBody, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Sell a basket at the total that was shown: `wallet_minor` by the member's pay code, the rest in cash.

    `receipt_id` is the till's own, new for each sale: the same one with the same body answers as before (R35).
    """

    receipt_id: ExternalId
    expected_total_minor: Minor
    wallet_minor: Minor = 0
    cash_tendered_minor: Minor = 0


class QuoteAt(msgspec.Struct, frozen=True):
    """Carry a basket to price to its lane."""

    at: At
    body: QuoteBody


class SellAt(msgspec.Struct, frozen=True):
    """Carry a sale to its lane."""

    at: At
    body: SaleBody


class UndoAt(msgspec.Struct, frozen=True):
    """Carry an undo to its lane."""

    at: At
    sale_id: str


class RefundBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Refund a whole sale: a supervisor of the merchant allows it by login and PIN, and says why. Source: R41."""

    supervisor: Annotated[
        str, msgspec.Meta(min_length=3, max_length=64, description="The supervisor's login.")
    ]
    pin: Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$", description="Six digits.")]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class GoodsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Look goods up by a name's part or a barcode's digits."""

    q: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class TillGood(msgspec.Struct, frozen=True):
    """Show one SKU at the counter: regular price, price now, and the pieces that this store may sell (null: not counted)."""

    sku_id: Id
    gtin: str | None
    name: str
    name_en: str | None
    options: dict[str, str]
    image: str | None
    currency: Currency
    price_minor: int
    price_now_minor: int
    free: int | None


class TillGoods(msgspec.Struct, frozen=True):
    """Hold what a look-up found, best match first."""

    items: list[TillGood]


class QuoteCoupon(msgspec.Struct, frozen=True):
    """Tell what one coupon takes off a basket and which lines (from 1) bear it; 0 and none when it gives nothing. R42."""

    claim_id: Id
    discount_minor: int
    line_numbers: tuple[int, ...]


class QuoteLine(msgspec.Struct, frozen=True):
    """Show one priced line."""

    sku_id: Id
    name: str
    quantity: int
    unit_minor: int
    gross_minor: int
    net_minor: int


class TillQuote(msgspec.Struct, frozen=True):
    """Show what a basket costs: gross - discount = total. `claim_ids` go into the sale; codes would have changed."""

    currency: Currency
    gross_minor: int
    discount_minor: int
    total_minor: int
    claim_ids: tuple[str, ...]
    lines: tuple[QuoteLine, ...]
    coupons: tuple[QuoteCoupon, ...] = ()


class TillSale(msgspec.Struct, frozen=True):
    """Hold a sale with its receipt: wallet + cash = total, tendered - change = cash. Source: R41.

    One undone after its minute was refunded: `undo_approved_by` is the supervisor who allowed it.
    """

    sale_id: Id
    till_id: Id
    receipt_id: str
    receipt_number: int
    merchant_id: Id
    store_id: Id
    shift_id: Id
    clerk_id: Id
    order_id: Id
    member_id: str | None
    claim_ids: tuple[str, ...]
    currency: Currency
    gross_minor: int
    discount_minor: int
    total_minor: int
    wallet_minor: int
    cash_minor: int
    tendered_minor: int
    change_minor: int
    lines: list[dict[str, Any]]
    sold_at: datetime
    undone_at: datetime | None = None
    undone_by: str | None = None
    undo_approved_by: str | None = None
    undo_reason: str | None = None


class PayCode(msgspec.Struct, frozen=True):
    """Hold what a member shows to pay: renewed every `step_s` seconds, dead a step later (R39)."""

    text: str
    step_s: int
    renews_at: datetime
    expires_at: datetime
