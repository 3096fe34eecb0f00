"""Settle the lanes of many goods together: shop, cross-shop, platform, payment, freight. Rules 4, 6, 7, 9 and 10 of docs/algorithms/pricing.md."""

from collections.abc import Sequence
from typing import NamedTuple

from fairday.promotions.engine import benefit_types as b
from fairday.promotions.engine.goods import Goods
from fairday.promotions.engine.item_lane import Candidate

EXACT_MAX = 10
"""Offers that exclude each other among which the best set is found exactly."""


class Standing(NamedTuple):
    """Hold an offer that could stand, and what it takes off alone."""

    candidate: Candidate
    amount_minor: int
    gift_sku: str | None = None


class Field:
    """Hold the money that a lane works on: `opening` is what the lane found, `net` what is left now."""

    __slots__ = ("base", "freight", "freight_left", "goods", "net", "opening", "payable", "stock")

    def __init__(self, goods: Sequence[Goods], base: list[int], net: list[int]) -> None:
        self.goods = goods
        self.base = base
        self.net = net
        self.opening = net.copy()
        self.freight = self.freight_left = 0
        self.payable = 0
        self.stock: dict[str, int] = {}

    def above_floor(self, one: Candidate) -> int:
        """Return how far the price of all goods may still fall by this offer. Source: R32."""
        return max(0, sum(self.net) - one.entry.offer.payable_floor_minor)

    def rooms(self, one: Candidate) -> list[int]:
        """Return how far each eligible line may still fall."""
        offer, net = one.entry.offer, self.net
        floor, below = offer.unit_floor_minor, offer.may_go_below_cost
        rooms = []
        for i in one.eligible:
            goods = self.goods[i]
            if floor or (goods.product.cost_floor_minor and not below):
                rooms.append(max(0, net[i] - goods.floor_minor(floor, below) * goods.pieces))
            else:
                rooms.append(net[i])
        return rooms


def raw_off(benefit: b.Benefit, opening: int, base: int, pieces: int) -> int:
    """Return what a benefit gives before floors: of the net that the lane found, the base, and the pieces."""
    amount, cap = 0, None
    if isinstance(benefit, b.Fixed):
        amount = benefit.amount_minor
    elif isinstance(benefit, b.Percent):
        amount, cap = opening * benefit.rate_bp // 10_000, benefit.cap_minor
    elif isinstance(benefit, b.FixedPrice):
        amount = max(0, opening - benefit.price_minor)
    elif isinstance(benefit, b.Every):
        amount, cap = base // benefit.every_minor * benefit.off_minor, benefit.cap_minor
    elif isinstance(benefit, b.Tiered):
        reached = base if benefit.by == "amount" else pieces
        steps = [step for step in benefit.steps if step.from_ <= reached]
        if steps:
            step = max(steps, key=lambda one: one.from_)
            amount, cap = step.amount_minor or opening * (step.rate_bp or 0) // 10_000, benefit.cap_minor
    return _capped(amount, cap)


def _capped(amount: int, cap: int | None) -> int:
    return amount if cap is None else min(amount, cap)


def alone(one: Candidate, field: Field) -> Standing | str:
    """Return the offer with what it takes off alone, or the reason why it could not stand."""
    benefit = one.entry.offer.benefit
    if isinstance(benefit, b.Points):
        return Standing(one, 0)
    if isinstance(benefit, b.Freight):
        raw = _capped(field.freight * benefit.rate_bp // 10_000, benefit.cap_minor)
        amount = min(raw, field.freight_left)
    elif isinstance(benefit, b.Tender):
        limit = sum([field.opening[i] for i in one.eligible]) * benefit.limit_bp // 10_000
        amount = min(benefit.amount_minor, limit, field.payable)
    elif isinstance(benefit, b.Gift):
        sku = _gift_sku(benefit, field.stock)
        if sku is not None or benefit.fallback is not b.Fallback.AMOUNT:
            return Standing(one, 0, sku) if sku is not None else "out_of_stock"
        return _on_goods(one, field, benefit.fallback_minor or 0)
    else:
        return _on_goods(one, field, _raw_of(one, field))
    return Standing(one, amount) if amount else "no_effect"


def _raw_of(one: Candidate, field: Field) -> int:
    benefit, eligible, goods = one.entry.offer.benefit, one.eligible, field.goods
    opening, base = sum([field.opening[i] for i in eligible]), sum([field.base[i] for i in eligible])
    pieces = sum([goods[i].pieces for i in eligible]) if isinstance(benefit, b.Tiered) else 0
    return raw_off(benefit, opening, base, pieces)


def _on_goods(one: Candidate, field: Field, raw: int) -> Standing | str:
    if raw <= 0:
        return "no_effect"
    amount = min(raw, sum(field.rooms(one)), field.above_floor(one))
    return Standing(one, amount) if amount else "floor_price"


def _gift_sku(benefit: b.Gift, stock: dict[str, int]) -> str | None:
    if stock.get(benefit.sku, benefit.quantity) >= benefit.quantity:
        return benefit.sku
    other = benefit.fallback_sku
    if benefit.fallback is b.Fallback.OTHER_SKU and other is not None:
        return other if stock.get(other, benefit.quantity) >= benefit.quantity else None
    return None


def best_together(standing: Sequence[Standing]) -> list[Standing]:
    """Return which of one class stand, in the order in which they are applied."""
    if not any([one.candidate.entry.offer.exclusive or one.candidate.entry.offer.group for one in standing]):
        chosen = list(standing)
    else:
        chosen = [one for knot in _knots(standing) for one in _best_of(knot)]
    return sorted(chosen, key=lambda one: (-one.amount_minor, one.candidate.key))


def exclude_each_other(one: Candidate, other: Candidate) -> bool:
    """Tell whether two offers of a lane may not stand beside each other; claims of one offer may."""
    mine, theirs = one.entry.offer, other.entry.offer
    is_group = mine.group is not None and mine.group == theirs.group
    if one.entry is other.entry or not (mine.exclusive or theirs.exclusive or is_group):
        return False
    return not set(one.eligible).isdisjoint(other.eligible)


def _knots(standing: Sequence[Standing]) -> list[list[Standing]]:
    knots: list[list[Standing]] = []
    for one in standing:
        members, apart = [one], []
        for knot in knots:
            if any([exclude_each_other(one.candidate, other.candidate) for other in knot]):
                members += knot
            else:
                apart.append(knot)
        knots = [*apart, members]
    return knots


def _best_of(knot: Sequence[Standing]) -> Sequence[Standing]:
    if len(knot) == 1:
        return knot
    ordered = sorted(knot, key=lambda one: one.candidate.key)
    bad = [
        sum(
            [
                1 << j
                for j, other in enumerate(ordered)
                if i != j and exclude_each_other(one.candidate, other.candidate)
            ]
        )
        for i, one in enumerate(ordered)
    ]
    pick = _exact(ordered, bad) if len(ordered) <= EXACT_MAX else _greedy(ordered, bad)
    return [one for i, one in enumerate(ordered) if pick >> i & 1]


def _exact(ordered: Sequence[Standing], bad: Sequence[int]) -> int:
    best: tuple[int, int, list[int]] | None = None
    pick = 0
    for mask in range(1 << len(ordered)):
        places = [i for i in range(len(ordered)) if mask >> i & 1]
        if any([bad[i] & mask for i in places]):
            continue
        rank = (-sum([ordered[i].amount_minor for i in places]), -len(places), places)
        if best is None or rank < best:
            best, pick = rank, mask
    return pick


def _greedy(ordered: Sequence[Standing], bad: Sequence[int]) -> int:
    mask = 0
    by_amount = sorted(range(len(ordered)), key=lambda i: (-ordered[i].amount_minor, i))
    for i in by_amount:
        if not bad[i] & mask:
            mask |= 1 << i
    improves = True
    while improves:
        improves = False
        for i in by_amount:
            if mask >> i & 1:
                continue
            lost = bad[i] & mask
            if ordered[i].amount_minor > sum([ordered[j].amount_minor for j in by_amount if lost >> j & 1]):
                mask, improves = (mask & ~lost) | 1 << i, True
    return mask
