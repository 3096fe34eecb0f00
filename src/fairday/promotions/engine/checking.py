"""Check a price document before it is priced: every fault is told at once, in words that say what to do."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fairday.kernel.money import MINOR_MAX, is_currency
from fairday.promotions.engine import benefit_types as b
from fairday.promotions.engine import offers as o
from fairday.promotions.engine.document import DocumentLine, PriceIn, Product
from fairday.promotions.engine.faults import Fault, Faulty
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


class BadPriceDocument(Faulty):
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


def _errors(cart: PriceIn, is_first: bool) -> Iterator[Fault]:
    products = {one.sku: one for one in cart.products}
    if is_first:
        yield from _shared_errors(cart, products)
    yield from _twice("lines", "line_id", [one.line_id for one in cart.lines])
    yield from _twice("claims", "claim_id", [one.claim_id for one in cart.claims])
    yield from _line_errors(cart.lines, products)
    known = {one.offer_id for one in cart.offers} if cart.claims else ()
    for claim in cart.claims:
        if claim.offer_id not in known:
            yield Fault(
                f"claims: {claim.claim_id} is of {claim.offer_id}, which is not among the offers",
                f"claims：{claim.claim_id} 属于 {claim.offer_id}，但活动列表中没有它",
            )


def _shared_errors(cart: PriceIn, products: dict[str, Product]) -> Iterator[Fault]:
    if not is_currency(cart.currency):
        yield Fault(
            f"currency: ISO 4217 knows no {cart.currency}", f"currency：ISO 4217 没有币种 {cart.currency}"
        )
    try:
        ZoneInfo(cart.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Fault(
            f"zone: there is no time zone {cart.zone}; write one such as Asia/Shanghai",
            f"zone：没有时区 {cart.zone}，请写 Asia/Shanghai 这样的名称",
        )
    yield from _twice("products", "sku", [one.sku for one in cart.products])
    yield from _twice("offers", "offer_id", [one.offer_id for one in cart.offers])
    for number, offer in enumerate(cart.offers):
        for error in offer_errors(offer):
            yield error.within(f"offers[{number}] {offer.offer_id}")
        if isinstance(offer.benefit, b.Gift):
            for sku in (offer.benefit.sku, offer.benefit.fallback_sku):
                if sku is not None and sku not in products:
                    yield Fault(
                        f"the gift {sku} is not among the products", f"赠品 {sku} 不在商品列表中"
                    ).within(f"offers[{number}] {offer.offer_id}")


def _twice(where: str, field: str, values: Sequence[str]) -> Iterator[Fault]:
    for value, count in Counter(values).items():
        if count > 1:
            yield Fault(
                f"{where}: {field} {value} stands {count} times",
                f"{where}：{field} {value} 重复了 {count} 次",
            )


def _line_errors(lines: Sequence[DocumentLine], products: dict[str, Product]) -> Iterator[Fault]:
    gross = 0
    for line in lines:
        product = products.get(line.sku)
        if product is None:
            yield Fault(
                f"lines: {line.line_id} is of {line.sku}, which is not among the products",
                f"lines：{line.line_id} 的商品 {line.sku} 不在商品列表中",
            )
            continue
        amount = thousandths(line.quantity)
        if amount == 0:
            yield Fault(f"lines: {line.line_id} has no quantity", f"lines：{line.line_id} 没有数量")
        elif product.unit not in MEASURED and amount % 1000:
            yield Fault(
                f"lines: {line.line_id} has {line.quantity} of {line.sku}, which is sold by the piece ({product.unit})",
                f"lines：{line.line_id} 的数量是 {line.quantity}，但 {line.sku} 按件销售（{product.unit}）",
            )
        gross += product.price_minor * amount // 1000 + 1
    if gross > MINOR_MAX:
        yield Fault(
            "lines: the cart comes to more than an order can; split it",
            "lines：购物车金额超过单笔订单上限，请拆分",
        )


def offer_errors(offer: o.Offer) -> Iterator[Fault]:
    """Yield what contradicts itself in one offer."""
    benefit = offer.benefit
    if offer.lane not in _LANES[type(benefit)]:
        lanes = ", ".join(sorted([lane.value for lane in _LANES[type(benefit)]]))
        tag = type(benefit).__struct_config__.tag
        yield Fault(
            f"a {tag} benefit stands in the lane {lanes}, not in {offer.lane.value}",
            f"{tag} 优惠只能放在 {lanes} 层级，不能放在 {offer.lane.value}",
        )
    if offer.funders and sum([one.share_bp for one in offer.funders]) != 10_000:
        yield Fault(
            "the funders' shares must sum to 10000 basis points", "出资比例合计须为 100%（10000 个基点）"
        )
    if len({one.funder for one in offer.funders}) < len(offer.funders):
        yield Fault("a funder stands twice; add the shares up", "同一出资方写了两次，请合并比例")
    if offer.starts_at is not None and offer.ends_at is not None and offer.starts_at >= offer.ends_at:
        yield Fault("it ends before it begins", "结束时间早于开始时间")
    if offer.trigger is o.Trigger.CODE and not offer.codes:
        yield Fault("it needs a code, so name its codes", "凭码生效的活动须写明优惠码")
    if offer.trigger is not o.Trigger.CODE and offer.codes:
        yield Fault("codes are named, so its trigger must be code", "写了优惠码，生效方式须为凭码")
    if offer.lane is o.Lane.SHOP and offer.merchant_id is None:
        yield Fault(
            "an offer of the shop lane is one shop's: name its merchant_id",
            "店铺层级的活动须属于一家店，请写明 merchant_id",
        )
    yield from _benefit_errors(benefit)


def _benefit_errors(benefit: b.Benefit) -> Iterator[Fault]:
    if isinstance(benefit, b.NthItem) and (benefit.rate_bp is None) == (benefit.price_minor is None):
        yield Fault("nth_item has either rate_bp or price_minor", "第 N 件优惠须写明折扣比例或价格，二者取一")
    elif isinstance(benefit, b.NthItem) and benefit.of is b.Of.LISTED:
        yield Fault(
            "nth_item is of the same SKU or the cheapest; use buy_get for listed goods",
            "第 N 件优惠只能按同款或最便宜的计算，指定商品请用买 X 送 Y",
        )
    elif isinstance(benefit, b.BuyGet) and (benefit.of is b.Of.LISTED) != (benefit.get_items is not None):
        yield Fault("get_items goes with of: listed, and only with it", "get_items 须与 of: listed 同时使用")
    elif isinstance(benefit, b.Tiered):
        starts = [step.from_ for step in benefit.steps]
        if len(set(starts)) < len(starts):
            yield Fault("two steps begin at the same place", "两个档位的起点相同")
        if any([(step.amount_minor is None) == (step.rate_bp is None) for step in benefit.steps]):
            yield Fault("a step has either amount_minor or rate_bp", "每个档位须写明减免金额或比例，二者取一")
    elif isinstance(benefit, b.Gift):
        if (benefit.fallback is b.Fallback.OTHER_SKU) != (benefit.fallback_sku is not None):
            yield Fault(
                "fallback_sku goes with fallback: other_sku, and only with it",
                "fallback_sku 须与 fallback: other_sku 同时使用",
            )
        if (benefit.fallback is b.Fallback.AMOUNT) != (benefit.fallback_minor is not None):
            yield Fault(
                "fallback_minor goes with fallback: amount, and only with it",
                "fallback_minor 须与 fallback: amount 同时使用",
            )
    elif isinstance(benefit, b.Deposit) and benefit.counts_as_minor <= benefit.deposit_minor:
        yield Fault("a deposit must count for more than itself", "定金抵扣金额须大于定金本身")
