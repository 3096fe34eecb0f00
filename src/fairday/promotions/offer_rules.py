"""Judge the terms of a stored offer: sound in themselves, the writer's own, and such that a live cart can be asked. Pure."""

from collections.abc import Iterator

import msgspec

from fairday.promotions.engine import benefit_types as b
from fairday.promotions.engine import condition_types as c
from fairday.promotions.engine.checking import offer_errors
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


def errors_of(terms: OfferTerms, merchant_id: str | None) -> list[str]:
    """Return everything that keeps the terms from being live, for the platform or for a merchant."""
    offer = offer_of(terms, "offer", 1, merchant_id)
    return [*offer_errors(offer), *_live_errors(terms, merchant_id)]


def _live_errors(terms: OfferTerms, merchant_id: str | None) -> Iterator[str]:
    if not terms.name.strip():
        yield "name: say what shoppers will read"
    if terms.lane not in LIVE_LANES:
        yield f"lane: {terms.lane} offers can be simulated, not sold yet: orders carry no freight and no red packets"
    if merchant_id is not None and terms.lane not in MERCHANT_LANES:
        yield "lane: a merchant's own offers are of the item or the shop lane"
    if isinstance(terms.benefit, _NOT_LIVE):
        tag = type(terms.benefit).__struct_config__.tag
        yield f"benefit: {tag} can be simulated, not sold yet: orders carry no gift lines, points or deposits"
    if terms.trigger is Trigger.CLAIM:
        yield "trigger: what is claimed is a coupon; make one under coupons"
    if terms.optional:
        yield "optional: an order cannot leave an offer out yet"
    if merchant_id is not None and any([one.funder != "merchant" for one in terms.funders]):
        yield "funders: a merchant pays for its own offers; ask the operator for shared ones"
    if sum([one.funder.startswith("brand:") for one in terms.funders]) > 1:
        yield "funders: one brand at most"
    if terms.items.exclude is not None and merchant_id is not None and terms.items.exclude.merchant_ids:
        yield "items.exclude.merchant_ids: only your own goods are meant anyway"
    yield from _condition_errors(terms.condition)


def _condition_errors(condition: c.Condition | None) -> Iterator[str]:
    if condition is None:
        return
    if not isinstance(condition, _ASKED):
        tag = type(condition).__struct_config__.tag
        yield f"condition: {tag} can be simulated, not sold yet: orders do not tell it"
    if isinstance(condition, c.PaymentMethod) and set(condition.methods) != {WALLET}:
        yield "condition: orders are paid from the wallet; no other payment_method can be asked for yet"
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
