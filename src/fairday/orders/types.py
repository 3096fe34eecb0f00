"""Shape orders as they are stored and shown. Amounts are minor units of the order's one currency (I24)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from fairday.kernel.ids import Id
from fairday.kernel.money import Currency, Minor


class Status(StrEnum):
    """Name where an order, or a merchant's part of it, stands. The transitions are in `rules.TRANSITIONS`."""

    PENDING_PAYMENT = "pending_payment"
    PAID = "paid"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class Channel(StrEnum):
    """Name where an order was made."""

    ONLINE = "online"
    IN_STORE = "in_store"


class Fulfilment(StrEnum):
    """Name how the goods reach the shopper: fetched at the store, brought, or taken along at the till."""

    PICKUP = "pickup"
    DELIVERY = "delivery"
    IN_STORE = "in_store"


class CloseReason(StrEnum):
    """Name who or what closed an order; `returned`: its last pieces came back."""

    MEMBER = "member"
    MERCHANT = "merchant"
    OPERATOR = "operator"
    TILL = "till"
    EXPIRED = "expired"
    RETURNED = "returned"


class LineAllocation(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Hold one coupon's share of a line and who pays for it: platform + merchant + brand = amount (I22, R88).

    The brand's fields are left out where no brand pays. Of an offer `claim_id` is null and `coupon_id` its id.
    """

    claim_id: str | None
    coupon_id: str
    version: int
    amount_minor: int
    platform_minor: int
    merchant_minor: int
    brand_minor: int = 0
    brand: str | None = None


class Line(msgspec.Struct, frozen=True, gc=False):
    """Hold one line: `gross_minor` after phase prices, `net_minor` after its discounts; never changed after placing.

    `unit_minor` is rounded down where a till gave the price of the whole line (weighed goods). Both names are those under
    which the goods were sold, whatever they are called since; `name_en` is null where they had no English one.
    `returned_quantity` pieces are back, `asked_back_quantity` more are asked back.
    """

    line_id: str
    sku_id: str
    name: str
    merchant_id: str
    store_id: str
    quantity: int
    unit_minor: int
    gross_minor: int
    net_minor: int
    allocations: tuple[LineAllocation, ...] = ()
    name_en: str | None = None
    returned_quantity: int = 0
    asked_back_quantity: int = 0


class MerchantOrder(msgspec.Struct, frozen=True, gc=False):
    """Hold one merchant's part of an order and how its money is shared.

    gross = net + merchant_funded + platform_funded + brand_funded; gross - merchant_funded = payable + commission (R88, R89).
    The amounts are those of placing; `refunded_minor` is what the member got back since. `fulfilled_at` is null before the goods
    leave, and at tills.
    """

    merchant_order_id: str
    order_id: str
    merchant_id: str
    status: Status
    fulfilment: Fulfilment
    gross_minor: int
    net_minor: int
    merchant_funded_minor: int
    platform_funded_minor: int
    brand_funded_minor: int
    commission_minor: int
    payable_minor: int
    lines: tuple[Line, ...] = ()
    fulfilled_at: datetime | None = None
    refunded_minor: int = 0


class Order(msgspec.Struct, frozen=True, gc=False):
    """Hold an order: gross - discount = total; `wallet_minor` + `cash_minor` = total once it is paid, `refunded_minor` of it went back.

    `member_id` is null for a walk-in at a till. `expires_at` is when an unpaid order is given up. `trace` is the priced
    cart as stored; it is left out where an order is shown.
    """

    order_id: str
    member_id: str | None
    channel: Channel
    status: Status
    currency: Currency
    gross_minor: int
    discount_minor: int
    total_minor: int
    wallet_minor: int
    cash_minor: int
    region_id: str | None
    store_id: str | None
    till_id: str | None
    clerk_id: str | None
    receipt_id: str | None
    claim_ids: tuple[str, ...]
    placed_at: datetime
    expires_at: datetime | None
    paid_at: datetime | None
    closed_at: datetime | None
    reason: CloseReason | None
    merchant_orders: tuple[MerchantOrder, ...]
    is_replay: bool = False
    refunded_minor: int = 0
    returns_count: int = 0

    @property
    def owner_id(self) -> str:
        """Return whose list the order stands in: the member's, or for a walk-in the store's."""
        return self.member_id or self.store_id or ""


class OrderSummary(msgspec.Struct, frozen=True):
    """Show one order in a list; for a merchant the amounts are those of its own part."""

    order_id: str
    merchant_order_id: str | None
    channel: Channel
    status: Status
    currency: Currency
    total_minor: int
    placed_at: datetime
    member_id: str | None
    store_id: str | None


class NewOrder(msgspec.Struct, frozen=True, gc=False):
    """Carry an order to `service.insert` with its trace: the priced cart, anything that JSON can say."""

    order: Order
    trace: Any


class RecentOrder(msgspec.Struct, frozen=True):
    """Hold what was in an order, to price it again as a trial: SKUs with their pieces; `order_count` is how many paid orders its member had
    before, null without a member."""

    order_id: str
    channel: str
    store_id: str | None
    region_id: str | None
    lines: tuple[tuple[str, int], ...]
    order_count: int | None = None


class ReturnedLine(msgspec.Struct, frozen=True):
    """Be so many pieces of a line that a return takes back, and their part of its refund."""

    line_no: int
    quantity: int
    refund_minor: int


class TakenBack(msgspec.Struct, frozen=True):
    """Carry one return to its order; `is_part_back` when nothing of the part is left."""

    order_id: str
    part_no: int
    return_id: str
    lines: tuple[ReturnedLine, ...]
    refund_minor: int
    is_part_back: bool


class ReceiptKey(msgspec.Struct, frozen=True, gc=False):
    """Name a till's receipt. Source: R35."""

    till_id: str
    receipt_id: str


class SalesRow(msgspec.Struct, frozen=True):
    """Count what a merchant sold at one place on one day: paid parts by the day they were placed, refunded ones apart."""

    day: date
    store_id: Id
    channel: Channel
    currency: Currency
    order_count: int
    unit_count: int
    gross_minor: int
    net_minor: int
    refunded_minor: int


class SalesReport(msgspec.Struct, frozen=True):
    """Hold a merchant's sales between two days, both inside, in the days of `time_zone`."""

    merchant_id: str
    from_day: date
    to_day: date
    time_zone: str
    rows: list[SalesRow]


class SalesQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for at most 31 days of sales; operators name the merchant."""

    from_day: date
    to_day: date
    time_zone: Annotated[str, msgspec.Meta(max_length=60)] = "Asia/Shanghai"
    merchant_id: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class OrdersQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a page of orders, the newest first."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    cursor: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    merchant_id: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    q: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class Trace(msgspec.Struct, frozen=True):
    """Show what an order was priced from, so that anyone can price it again. Source: R2."""

    order_id: str
    total_minor: Minor
    cart: dict[str, Any]
