"""Judge the terms of a stored offer: sound in themselves, the writer's own, and such that a live cart can be asked. Pure."""

from collections.abc import Iterator

import msgspec

from fairday.promotions.engine import benefit_types as b
from fairday.promotions.engine import condition_types as c
from fairday.promotions.engine.checking import offer_errors
from fairday.promotions.engine.faults import Fault
from fairday.promotions.engine.items import Items
from fairday.promotions.engine.offers import Lane, Offer, OfferTerms, Trigger
from fairday.promotions.types import WALLET

LIVE_LANES = frozenset({Lane.ITEM, Lane.SHOP, Lane.CROSS_SHOP, Lane.PLATFORM})
MERCHANT_LANES = frozenset({Lane.ITEM, Lane.SHOP})
_NOT_LIVE = (b.Gift, b.Points, b.Deposit)
_ASKED = (
    c.All, c.AnyOf, c.Not, c.Within, c.InPhase, c.Hours, c.Weekdays, c.Place, c.InChannel, c.ToRegion, c.Quantity, c.Amount,
    c.OrderNumber, c.NewMember, c.CodeEntered, c.PaymentMethod,
)  # fmt: skip
"""Conditions that a live cart can answer; the others need what orders do not carry yet, and are for the simulator."""


def offer_of(terms: OfferTerms, offer_id: str, version: int, merchant_id: str | None) -> Offer:
    """Return terms as an offer of somebody."""
    fields = {name: getattr(terms, name) for name in OfferTerms.__struct_fields__}
    return Offer(**fields, offer_id=offer_id, version=version, merchant_id=merchant_id)


def errors_of(terms: OfferTerms, merchant_id: str | None) -> list[Fault]:
    """Return everything that keeps the terms from being live, for the platform or for a merchant."""
    offer = offer_of(terms, "offer", 1, merchant_id)
    return [*offer_errors(offer), *_live_errors(terms, merchant_id)]


def _live_errors(terms: OfferTerms, merchant_id: str | None) -> Iterator[Fault]:
    if not terms.name.strip():
        yield Fault("name: say what shoppers will read", "name：请填写顾客看到的活动名称")
    if terms.lane not in LIVE_LANES:
        yield Fault(
            f"lane: {terms.lane} offers can be simulated, not sold yet: orders carry no freight and no red packets",
            f"lane：{terms.lane} 层级的活动目前只能试算，订单还没有运费和红包",
        )
    if merchant_id is not None and terms.lane not in MERCHANT_LANES:
        yield Fault(
            "lane: a merchant's own offers are of the item or the shop lane",
            "lane：商家活动只能是单品或店铺层级",
        )
    if isinstance(terms.benefit, _NOT_LIVE):
        tag = type(terms.benefit).__struct_config__.tag
        yield Fault(
            f"benefit: {tag} can be simulated, not sold yet: orders carry no gift lines, points or deposits",
            f"benefit：{tag} 目前只能试算，订单还没有赠品、积分和定金",
        )
    if terms.trigger is Trigger.CLAIM:
        yield Fault(
            "trigger: what is claimed is a coupon; make one under coupons",
            "trigger：需要领取的是优惠券，请到优惠券中创建",
        )
    if terms.optional:
        yield Fault(
            "optional: an order cannot leave an offer out yet", "optional：下单时还不能选择不用某个活动"
        )
    if merchant_id is not None and any([one.funder != "merchant" for one in terms.funders]):
        yield Fault(
            "funders: a merchant pays for its own offers; ask the operator for shared ones",
            "funders：商家活动由商家自己出资，共同出资请联系平台运营",
        )
    if sum([one.funder.startswith("brand:") for one in terms.funders]) > 1:
        yield Fault("funders: one brand at most", "funders：最多一个品牌出资")
    if terms.items.exclude is not None and merchant_id is not None and terms.items.exclude.merchant_ids:
        yield Fault(
            "items.exclude.merchant_ids: only your own goods are meant anyway",
            "items.exclude.merchant_ids：商家活动只涉及自己的商品，无需排除其他商家",
        )
    yield from _condition_errors(terms.condition)


def _condition_errors(condition: c.Condition | None) -> Iterator[Fault]:
    if condition is None:
        return
    if not isinstance(condition, _ASKED):
        tag = type(condition).__struct_config__.tag
        yield Fault(
            f"condition: {tag} can be simulated, not sold yet: orders do not tell it",
            f"condition：{tag} 目前只能试算，订单还不提供这个信息",
        )
    if isinstance(condition, c.PaymentMethod) and set(condition.methods) != {WALLET}:
        yield Fault(
            "condition: orders are paid from the wallet; no other payment_method can be asked for yet",
            "condition：订单目前只能用钱包支付，支付方式条件只能是 wallet",
        )
    if isinstance(condition, c.All | c.AnyOf):
        for one in condition.of:
            yield from _condition_errors(one)
    elif isinstance(condition, c.Not):
        yield from _condition_errors(condition.of)


def named_skus(terms: OfferTerms) -> set[str]:
    """Return every SKU that terms name."""
    found: set[str] = set()
    for items in _all_items(terms):
        found.update(items.skus)
        if items.exclude is not None:
            found.update(items.exclude.skus)
    return found


def _all_items(terms: OfferTerms) -> Iterator[Items]:
    yield terms.items
    benefit = terms.benefit
    if isinstance(benefit, b.Bundle):
        yield from [part.items for part in benefit.parts]
    elif isinstance(benefit, b.BuyGet) and benefit.get_items is not None:
        yield benefit.get_items


def with_name(terms: OfferTerms) -> OfferTerms:
    """Return terms with their name trimmed."""
    return msgspec.structs.replace(terms, name=terms.name.strip())
