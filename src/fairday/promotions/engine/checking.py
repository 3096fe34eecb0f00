"""Check a price document before it is priced: every fault is told at once, in words that say what to do."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fairday.kernel.errors import Refusal
from fairday.kernel.money import MINOR_MAX, is_currency
from fairday.promotions.engine import benefit_types as b
from fairday.promotions.engine import offers as o
from fairday.promotions.engine.document import DocumentLine, PriceIn, Product
from fairday.promotions.engine.goods import MEASURED, thousandths

_ORDER_LANES = {o.Lane.SHOP, o.Lane.CROSS_SHOP, o.Lane.PLATFORM}
_LANES: dict[type[Any], set[o.Lane]] = {
    b.Fixed: {o.Lane.ITEM, *_ORDER_LANES},
    b.Percent: {o.Lane.ITEM, *_ORDER_LANES},
    b.FixedPrice: {o.Lane.ITEM, *_ORDER_LANES},
    b.Tiered: _ORDER_LANES,
    b.Every: _ORDER_LANES,
    b.Gift: _ORDER_LANES,
    b.Points: _ORDER_LANES,
    b.NthItem: {o.Lane.ITEM},
    b.BuyGet: {o.Lane.ITEM},
    b.Bundle: {o.Lane.ITEM},
    b.Deposit: {o.Lane.ITEM},
    b.Tender: {o.Lane.PAYMENT},
    b.Freight: {o.Lane.FREIGHT},
}
ERRORS_MAX = 50


class BadPriceDocument(Refusal):
    """Refuse a price document that contradicts itself; `errors` says where and what to do."""

    code = "bad_price_document"
    status = 422
    en = "The price document cannot be worked out: {errors}"
    zh = "价格文件无法计算：{errors}"


def check(cart: PriceIn, *, is_first: bool = True) -> None:
    """Pass a sound document; of many carts with the same offers and products, these are looked at with the first.

    Raises: BadPriceDocument with up to `ERRORS_MAX` faults.
    """
    errors = [error for error, _ in zip(_errors(cart, is_first), range(ERRORS_MAX), strict=False)]
    if errors:
        raise BadPriceDocument(errors=errors)


def _errors(cart: PriceIn, is_first: bool) -> Iterator[str]:
    products = {one.sku: one for one in cart.products}
    if is_first:
        yield from _shared_errors(cart, products)
    yield from _twice("lines", "line_id", [one.line_id for one in cart.lines])
    yield from _twice("claims", "claim_id", [one.claim_id for one in cart.claims])
    yield from _line_errors(cart.lines, products)
    known = {one.offer_id for one in cart.offers} if cart.claims else ()
    for claim in cart.claims:
        if claim.offer_id not in known:
            yield f"claims: {claim.claim_id} is of {claim.offer_id}, which is not among the offers"


def _shared_errors(cart: PriceIn, products: dict[str, Product]) -> Iterator[str]:
    if not is_currency(cart.currency):
        yield f"currency: ISO 4217 knows no {cart.currency}"
    try:
        ZoneInfo(cart.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f"zone: there is no time zone {cart.zone}; write one such as Asia/Shanghai"
    yield from _twice("products", "sku", [one.sku for one in cart.products])
    yield from _twice("offers", "offer_id", [one.offer_id for one in cart.offers])
    for number, offer in enumerate(cart.offers):
        for error in offer_errors(offer):
            yield f"offers[{number}] {offer.offer_id}: {error}"
        if isinstance(offer.benefit, b.Gift):
            for sku in (offer.benefit.sku, offer.benefit.fallback_sku):
                if sku is not None and sku not in products:
                    yield f"offers[{number}] {offer.offer_id}: the gift {sku} is not among the products"


def _twice(where: str, field: str, values: Sequence[str]) -> Iterator[str]:
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{where}: {field} {value} stands {count} times"


def _line_errors(lines: Sequence[DocumentLine], products: dict[str, Product]) -> Iterator[str]:
    gross = 0
    for line in lines:
        product = products.get(line.sku)
        if product is None:
            yield f"lines: {line.line_id} is of {line.sku}, which is not among the products"
            continue
        amount = thousandths(line.quantity)
        if amount == 0:
            yield f"lines: {line.line_id} has no quantity"
        elif product.unit not in MEASURED and amount % 1000:
            yield f"lines: {line.line_id} has {line.quantity} of {line.sku}, which is sold by the piece ({product.unit})"
        gross += product.price_minor * amount // 1000 + 1
    if gross > MINOR_MAX:
        yield "lines: the cart comes to more than an order can; split it"


def offer_errors(offer: o.Offer) -> Iterator[str]:
    """Yield what contradicts itself in one offer."""
    benefit = offer.benefit
    if offer.lane not in _LANES[type(benefit)]:
        lanes = ", ".join(sorted([lane.value for lane in _LANES[type(benefit)]]))
        yield f"a {type(benefit).__struct_config__.tag} benefit stands in the lane {lanes}, not in {offer.lane.value}"
    if offer.funders and sum([one.share_bp for one in offer.funders]) != 10_000:
        yield "the funders' shares must sum to 10000 basis points"
    if len({one.funder for one in offer.funders}) < len(offer.funders):
        yield "a funder stands twice; add the shares up"
    if offer.starts_at is not None and offer.ends_at is not None and offer.starts_at >= offer.ends_at:
        yield "it ends before it begins"
    if offer.trigger is o.Trigger.CODE and not offer.codes:
        yield "it needs a code, so name its codes"
    if offer.trigger is not o.Trigger.CODE and offer.codes:
        yield "codes are named, so its trigger must be code"
    if offer.lane is o.Lane.SHOP and offer.merchant_id is None:
        yield "an offer of the shop lane is one shop's: name its merchant_id"
    yield from _benefit_errors(benefit)


def _benefit_errors(benefit: b.Benefit) -> Iterator[str]:
    if isinstance(benefit, b.NthItem) and (benefit.rate_bp is None) == (benefit.price_minor is None):
        yield "nth_item has either rate_bp or price_minor"
    elif isinstance(benefit, b.NthItem) and benefit.of is b.Of.LISTED:
        yield "nth_item is of the same SKU or the cheapest; use buy_get for listed goods"
    elif isinstance(benefit, b.BuyGet) and (benefit.of is b.Of.LISTED) != (benefit.get_items is not None):
        yield "get_items goes with of: listed, and only with it"
    elif isinstance(benefit, b.Tiered):
        starts = [step.from_ for step in benefit.steps]
        if len(set(starts)) < len(starts):
            yield "two steps begin at the same place"
        if any([(step.amount_minor is None) == (step.rate_bp is None) for step in benefit.steps]):
            yield "a step has either amount_minor or rate_bp"
    elif isinstance(benefit, b.Gift):
        if (benefit.fallback is b.Fallback.OTHER_SKU) != (benefit.fallback_sku is not None):
            yield "fallback_sku goes with fallback: other_sku, and only with it"
        if (benefit.fallback is b.Fallback.AMOUNT) != (benefit.fallback_minor is not None):
            yield "fallback_minor goes with fallback: amount, and only with it"
    elif isinstance(benefit, b.Deposit) and benefit.counts_as_minor <= benefit.deposit_minor:
        yield "a deposit must count for more than itself"
