"""Hold many live offers so that a cart meets only those that its goods can meet: an index by SKU, brand, tag, category, merchant.

The cost of a price grows with the offers that touch the cart, not with the offers that there are. Source: R16.
"""

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from fairday.promotions.engine import offers as o
from fairday.promotions.engine.conditions import (
    Fits,
    Reason,
    Scene,
    Test,
    compile_condition,
    items_fit,
    normal,
    outside,
)
from fairday.promotions.engine.goods import Goods

Key: TypeAlias = tuple[str, str]
_FIELDS = ("skus", "brands", "tags", "category_ids", "merchant_ids")
"""Fields that an offer may be found by; the first that is given, as it leaves least to look at."""


class Entry:
    """Hold one offer ready to work: its place in its lane, the test of its goods that the index left, its condition."""

    __slots__ = ("codes", "fits", "funders", "id", "is_choice", "offer", "rank", "test")

    def __init__(self, offer: o.Offer, fits: Fits | None) -> None:
        self.offer = offer
        self.id = offer.offer_id
        self.fits = fits
        self.rank = (not offer.exclusive, -offer.priority)
        self.is_choice = offer.optional or offer.trigger is not o.Trigger.AUTOMATIC
        self.test: Test | None = (
            compile_condition(offer.condition, offer.offer_id, offer.merchant_id)
            if offer.condition is not None
            else None
        )
        self.codes = frozenset([normal(code) for code in offer.codes])
        self.funders = funders_of(offer)

    def refusal(self, scene: Scene, eligible: Sequence[int]) -> Reason | None:
        """Return why the offer does not hold for its eligible lines, the first reason of the stated order."""
        offer = self.offer
        if offer.starts_at is not None or offer.ends_at is not None:
            reason = outside(offer.starts_at, offer.ends_at, scene.cart.now)
            if reason is not None:
                return reason
        if offer.trigger is o.Trigger.CODE and self.codes.isdisjoint(scene.codes):
            return Reason("code_needed")
        if offer.trigger is o.Trigger.CLAIM and offer.offer_id not in scene.held:
            return Reason("coupon_needed")
        if not eligible:
            return Reason("no_eligible_items")
        return self.test(scene, eligible) if self.test is not None else None


def funders_of(offer: o.Offer) -> tuple[tuple[str, int], ...]:
    """Return who pays an offer, in basis points; unsaid, the merchant of a shop's offer, else the platform."""
    if offer.funders:
        return tuple([(one.funder, one.share_bp) for one in offer.funders])
    return (("platform" if offer.merchant_id is None else "merchant", 10_000),)


class Book:
    """Hold offers by what finds them, beside those of `base`, which has none below it."""

    __slots__ = ("base", "by_key", "entries", "everywhere", "own")

    def __init__(self, offers: Iterable[o.Offer], base: "Book | None" = None) -> None:
        self.base = base
        self.by_key: dict[Key, list[Entry]] = {}
        self.everywhere: list[Entry] = []
        self.own: dict[str, Entry] = {}
        self.entries: Mapping[str, Entry] = self.own if base is None else ChainMap(self.own, base.own)
        for offer in offers:
            self._add(offer)

    def _add(self, offer: o.Offer) -> None:
        items = offer.items
        field = next((name for name in _FIELDS if getattr(items, name)), None)
        keys: list[Key] = [(field, value) for value in dict.fromkeys(getattr(items, field))] if field else []
        if not keys and offer.merchant_id is not None:
            field, keys = "merchant", [("merchant_ids", offer.merchant_id)]
        entry = Entry(offer, items_fit(items, skip=field, merchant_id=offer.merchant_id))
        self.own[offer.offer_id] = entry
        for key in keys:
            self.by_key.setdefault(key, []).append(entry)
        if not keys:
            self.everywhere.append(entry)

    def meet(self, goods: Sequence[Goods]) -> dict[Entry, Sequence[int]]:
        """Return the offers that lines may be eligible for, each with the places of these lines in order."""
        found: dict[Entry, Sequence[int]] = {}
        by_key = self.by_key
        for key, group in _grouped(goods).items():
            for entry in by_key.get(key, ()):
                before = found.get(entry)
                found[entry] = group if before is None else sorted({*before, *group})
        everything = range(len(goods))
        for entry in self.everywhere:
            found[entry] = everything
        for entry, places in found.items():
            fits = entry.fits
            if fits is not None:
                found[entry] = [i for i in places if fits(goods[i])]
        return found if self.base is None else self.base.meet(goods) | found


def _grouped(goods: Sequence[Goods]) -> dict[Key, list[int]]:
    groups: dict[Key, list[int]] = {}
    for place, one in enumerate(goods):
        product = one.product
        keys = [("skus", product.sku), ("merchant_ids", product.merchant_id)]
        if product.brand is not None:
            keys.append(("brands", product.brand))
        keys += [("category_ids", category) for category in product.category_ids]
        keys += [("tags", tag) for tag in product.tags]
        for key in keys:
            groups.setdefault(key, []).append(place)
    return groups
