"""Decide how a priced cart becomes an order and how its money is shared: pure, exact. Source: R88, R89."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fairday.catalog.types import Sku
from fairday.checkout.errors import PriceChanged, TendersMismatch, WalletTooLow
from fairday.checkout.types import COMMISSION_BP, PAYMENT_TTL, CartLine, NewQuote, PlaceLine, PlaceOrder
from fairday.kernel.errors import Refusal
from fairday.kernel.money import share_bp_floor
from fairday.ledger.errors import InsufficientFunds
from fairday.ledger.types import Posting, TransferDraft
from fairday.orders import service as orders
from fairday.orders.types import Channel, Fulfilment, Line, LineAllocation, MerchantOrder, Order, Status
from fairday.promotions.types import Quote

CLEARING = "order:clearing"
MARKETING = "platform:marketing"
COMMISSION = "platform:commission"


def sale_id(order_id: str) -> str:
    """Return the id of the posting that pays an order."""
    return f"sale:{order_id}"


def refund_id(order_id: str) -> str:
    """Return the id of the posting that gives an order's money back."""
    return f"refund:{order_id}"


def disagree(request: PlaceOrder, quote: Quote) -> Refusal | None:
    """Refuse when the total is not the one that was shown, or the tenders do not make it up."""
    expected = request.expected_total_minor
    if expected is not None and expected != quote.total_minor:
        return PriceChanged(
            total_minor=quote.total_minor,
            expected_minor=expected,
            currency=quote.currency,
            quote=NewQuote(
                quote.gross_minor,
                quote.discount_minor,
                quote.total_minor,
                quote.discounts,
                tuple(line.net_minor for line in quote.lines),
                quote.priced_at,
            ),
        )
    if request.wallet_minor > quote.total_minor or (request.wallet_minor and request.member_id is None):
        return TendersMismatch(wallet_minor=request.wallet_minor, total_minor=quote.total_minor)
    return None


def compose(
    order_id: str,
    request: PlaceOrder,
    quote: Quote,
    skus: Mapping[str, Sku],
    terms: Mapping[str, int],
    region_id: str | None,
    now: datetime,
) -> Order:
    """Make the order of a priced cart: parts per merchant in the order of their first lines."""
    in_store = request.channel is Channel.IN_STORE
    total_minor = quote.total_minor
    if in_store:
        status, fulfilment = Status.FULFILLED, Fulfilment.IN_STORE
    else:
        # Nothing to pay is nothing to wait for.
        status = Status.PAID if request.pay_with or total_minor == 0 else Status.PENDING_PAYMENT
        fulfilment = Fulfilment.PICKUP if request.ship_to_region_id is None else Fulfilment.DELIVERY
    parts = tuple(
        [
            _part(
                order_id,
                number,
                merchant_id,
                status,
                fulfilment,
                lines,
                terms.get(merchant_id, COMMISSION_BP),
            )
            for number, (merchant_id, lines) in enumerate(_lines(order_id, request, quote, skus).items(), 1)
        ]
    )
    is_paid = status is not Status.PENDING_PAYMENT
    wallet_minor = (request.wallet_minor if in_store else total_minor) if is_paid else 0
    return Order(
        order_id, request.member_id, request.channel, status, quote.currency, quote.gross_minor, quote.discount_minor,
        total_minor, wallet_minor, total_minor - wallet_minor if is_paid else 0, request.ship_to_region_id or region_id,
        request.store_id, request.till_id, request.clerk_id, request.receipt_id, request.claim_ids, now,
        None if is_paid else now + PAYMENT_TTL, now if is_paid else None, None, None, parts,
    )  # fmt: skip


def _lines(
    order_id: str, request: PlaceOrder, quote: Quote, skus: Mapping[str, Sku]
) -> dict[str, list[Line]]:
    """Return the order's lines by merchant, numbered over the whole order."""
    lines_of: dict[str, list[Line]] = {}
    for number, (asked, line) in enumerate(zip(request.lines, quote.lines, strict=True), 1):
        made = Line(
            orders.line_id(order_id, number), line.sku_id, skus[line.sku_id].name, line.merchant_id, asked.store_id,
            line.quantity, line.unit_minor, line.gross_minor, line.net_minor,
            tuple([
                LineAllocation(
                    one.claim_id, one.source_id, one.source_version, one.amount_minor, one.platform_minor,
                    one.merchant_minor, one.brand_minor, one.brand,
                )
                for one in line.allocations
            ]),
            skus[line.sku_id].name_en,
        )  # fmt: skip
        known = lines_of.get(line.merchant_id)
        if known is None:
            lines_of[line.merchant_id] = [made]
        else:
            known.append(made)
    return lines_of


def _part(
    order_id: str,
    number: int,
    merchant_id: str,
    status: Status,
    fulfilment: Fulfilment,
    lines: Sequence[Line],
    commission_bp: int,
) -> MerchantOrder:
    """Share one merchant's money: what it gives off itself lowers the base of the commission (R88)."""
    gross_minor = net_minor = merchant_funded = platform_funded = brand_funded = 0
    for line in lines:
        gross_minor += line.gross_minor
        net_minor += line.net_minor
        for one in line.allocations:
            merchant_funded += one.merchant_minor
            platform_funded += one.platform_minor
            brand_funded += one.brand_minor
    base_minor = gross_minor - merchant_funded
    commission_minor = share_bp_floor(base_minor, commission_bp)
    return MerchantOrder(
        orders.part_id(order_id, number),
        order_id,
        merchant_id,
        status,
        fulfilment,
        gross_minor,
        net_minor,
        merchant_funded,
        platform_funded,
        brand_funded,
        commission_minor,
        base_minor - commission_minor,
        tuple(lines),
    )


def posting(order: Order, wallet_minor: int, cash_minor: int) -> Posting | None:
    """Return the posting that pays `order`: tenders and subsidy into clearing, merchants and commission out of it.

    None when no money moves at all. Source: R89; clearing ends at zero, which the parts' constraint guarantees.
    """
    transfers: list[TransferDraft] = []
    if wallet_minor:
        transfers.append(TransferDraft(f"wallet:{order.member_id}", CLEARING, wallet_minor))
    if cash_minor:
        transfers.append(TransferDraft(f"cash:{order.till_id}", CLEARING, cash_minor))
    subsidy_minor = brand_minor = commission_minor = payable_minor = 0
    for part in order.merchant_orders:
        subsidy_minor += part.platform_funded_minor
        brand_minor += part.brand_funded_minor
        commission_minor += part.commission_minor
        payable_minor += part.payable_minor
    if subsidy_minor:
        transfers.append(TransferDraft(MARKETING, CLEARING, subsidy_minor))
    if brand_minor:
        transfers.extend(
            TransferDraft(f"platform:brand:{brand}", CLEARING, minor)
            for brand, minor in _brands(order).items()
        )
    for part in order.merchant_orders:
        if part.payable_minor:
            transfers.append(
                TransferDraft(CLEARING, f"merchant:{part.merchant_id}:payable", part.payable_minor)
            )
    if commission_minor:
        transfers.append(TransferDraft(CLEARING, COMMISSION, commission_minor))
    assert wallet_minor + cash_minor + subsidy_minor + brand_minor == payable_minor + commission_minor, (
        "clearing must end at zero"
    )
    if not transfers:
        return None
    return Posting(sale_id(order.order_id), order.order_id, "sale", order.currency, tuple(transfers))


def as_asked(refusal: Refusal) -> Refusal:
    """Say a refusal of the books in the words of who pays: only their wallet can have too little."""
    if isinstance(refusal, InsufficientFunds):
        return WalletTooLow(
            left_minor=refusal.details["left_minor"], needed_minor=refusal.details["needed_minor"]
        )
    return refusal


def is_same_sale(request: PlaceOrder, order: Order) -> bool:
    """Tell whether a till's request repeats the sale that its receipt stands for. Source: R35."""
    lines = [line for part in order.merchant_orders for line in part.lines]
    return (
        order.channel is request.channel
        and order.member_id == request.member_id
        and order.currency == request.currency
        and order.claim_ids == request.claim_ids
        and order.wallet_minor == request.wallet_minor
        and len(lines) == len(request.lines)
        and all(
            (line.sku_id, line.quantity) == (asked.sku_id, asked.quantity)
            and (till_gross_minor(asked) is None or till_gross_minor(asked) == line.gross_minor)
            for line, asked in zip(lines, request.lines, strict=True)
        )
    )


def till_gross_minor(line: PlaceLine | CartLine) -> int | None:
    """Return the till's own price of a line, when it has one."""
    return line.line_gross_minor if isinstance(line, PlaceLine) else None


def discounts(order: Order) -> dict[str, int]:
    """Return what each coupon of an order took off, by claim, from the stored shares (R80)."""
    amounts: dict[str, int] = {}
    for part in order.merchant_orders:
        for line in part.lines:
            for one in line.allocations:
                if one.claim_id is not None:
                    amounts[one.claim_id] = amounts.get(one.claim_id, 0) + one.amount_minor
    return amounts


def offers(order: Order) -> dict[str, int]:
    """Return what each offer of an order took off, from the stored shares (R80)."""
    amounts: dict[str, int] = {}
    for part in order.merchant_orders:
        for line in part.lines:
            for one in line.allocations:
                if one.claim_id is None:
                    amounts[one.coupon_id] = amounts.get(one.coupon_id, 0) + one.amount_minor
    return amounts


def _brands(order: Order) -> dict[str, int]:
    """Return what each brand pays for an order's discounts; the platform advances it and bills the brand."""
    paid: dict[str, int] = {}
    for part in order.merchant_orders:
        for line in part.lines:
            for one in line.allocations:
                if one.brand_minor:
                    paid[one.brand or ""] = paid.get(one.brand or "", 0) + one.brand_minor
    return paid
