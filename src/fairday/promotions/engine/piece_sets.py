"""Work out what one item offer takes off: single pieces, every nth, buy some and get some, bundles."""

from collections.abc import Iterable, Sequence

import msgspec

from fairday.promotions.engine import benefit_types as b
from fairday.promotions.engine import offers as o
from fairday.promotions.engine.book import Entry
from fairday.promotions.engine.conditions import items_fit
from fairday.promotions.engine.goods import Goods
from fairday.promotions.engine.items import Items
from fairday.promotions.engine.sharing import spread

_SETS = (b.NthItem, b.BuyGet, b.Bundle)


class Taken(msgspec.Struct):
    """Hold what an offer takes: pieces used by line, and what it takes off by line."""

    pieces: dict[int, int]
    by_line: dict[int, int]

    @property
    def amount_minor(self) -> int:
        """Return what is taken off in all."""
        return sum(self.by_line.values())


def is_set(offer: o.Offer) -> bool:
    """Tell whether an item offer needs several pieces or stands in a group, so that its place among others matters."""
    return offer.group is not None or isinstance(offer.benefit, _SETS)


def reach(entry: Entry, eligible: Sequence[int], goods: Sequence[Goods]) -> Iterable[int]:
    """Return every line whose pieces the offer may use."""
    benefit = entry.offer.benefit
    if isinstance(benefit, b.Bundle):
        return {i for part in benefit.parts for i in _matching(part.items, entry.offer, goods)}
    if isinstance(benefit, b.BuyGet) and benefit.of is b.Of.LISTED:
        return {*eligible, *_get_lines(benefit, entry.offer, goods)}
    return eligible


def piece_off(entry: Entry, goods: Goods, pieces: int) -> int:
    """Return what a piece offer takes off `pieces` pieces of one line, rounded down once."""
    offer = entry.offer
    benefit = offer.benefit
    unit = goods.unit_minor
    room = unit - goods.floor_minor(offer.unit_floor_minor, offer.may_go_below_cost)
    if room <= 0:
        return 0
    if isinstance(benefit, b.Percent):
        amount = pieces * unit * benefit.rate_bp // 10_000
        if benefit.cap_minor is not None:
            amount = min(amount, goods.amount_of(benefit.cap_minor, pieces))
    elif isinstance(benefit, b.Fixed):
        amount = goods.amount_of(benefit.amount_minor, pieces)
    elif isinstance(benefit, b.FixedPrice):
        amount = max(0, unit - goods.price_of(benefit.price_minor)) * pieces
    else:
        assert isinstance(benefit, b.Deposit), "no other benefit is of single pieces"
        amount = goods.amount_of(max(0, benefit.counts_as_minor - benefit.deposit_minor), pieces)
    return min(amount, room * pieces)


def lacking(entry: Entry, eligible: Sequence[int], goods: Sequence[Goods]) -> tuple[int, int] | None:
    """Return how many more pieces make the next whole set, and what that set would take off at least; None where it cannot be said."""
    benefit = entry.offer.benefit
    if isinstance(benefit, b.NthItem):
        size, lowered = benefit.n, 1
    elif isinstance(benefit, b.BuyGet) and benefit.of is not b.Of.LISTED:
        size, lowered = benefit.buy + benefit.get, benefit.get
    else:
        return None
    counts: dict[str, int] = {}
    lines: dict[str, int] = {}
    for i in eligible:
        pile = goods[i].product.sku if benefit.of is b.Of.SAME else ""
        counts[pile] = counts.get(pile, 0) + goods[i].pieces
        if pile not in lines or goods[i].unit_minor < goods[lines[pile]].unit_minor:
            lines[pile] = i
    open_sets = [(size - count % size, pile) for pile, count in counts.items() if count % size]
    if not open_sets:
        return None
    add, pile = min(open_sets)
    return add, _set_off(entry, goods[lines[pile]], lowered)


def take(entry: Entry, eligible: Sequence[int], goods: Sequence[Goods], free: Sequence[int]) -> Taken | None:
    """Return what the offer takes of the free pieces, None when that lowers nothing."""
    benefit = entry.offer.benefit
    if isinstance(benefit, b.Bundle):
        taken = _bundle(entry, benefit, goods, free)
    elif isinstance(benefit, b.BuyGet) and benefit.of is b.Of.LISTED:
        taken = _listed(entry, benefit, eligible, goods, free)
    elif isinstance(benefit, b.NthItem):
        taken = _sets(entry, eligible, goods, free, benefit.n, 1, benefit.of, benefit.times_max)
    elif isinstance(benefit, b.BuyGet):
        taken = _sets(
            entry,
            eligible,
            goods,
            free,
            benefit.buy + benefit.get,
            benefit.get,
            benefit.of,
            benefit.times_max,
        )
    else:
        taken = _pieces(entry, eligible, goods, free)
    return taken if taken is not None and taken.amount_minor > 0 else None


def _pieces(entry: Entry, eligible: Sequence[int], goods: Sequence[Goods], free: Sequence[int]) -> Taken:
    by_line = {i: piece_off(entry, goods[i], free[i]) for i in eligible if free[i]}
    by_line = {i: amount for i, amount in by_line.items() if amount}
    return Taken({i: free[i] for i in by_line}, by_line)


def _matching(items: Items, offer: o.Offer, goods: Sequence[Goods]) -> list[int]:
    fits = items_fit(items, merchant_id=offer.merchant_id)
    return [i for i, one in enumerate(goods) if fits is None or fits(one)]


def _get_lines(benefit: b.BuyGet, offer: o.Offer, goods: Sequence[Goods]) -> list[int]:
    return _matching(benefit.get_items or Items(), offer, goods)


def _by_price(lines: Iterable[int], goods: Sequence[Goods]) -> list[int]:
    """Return lines dearest first; lines stand by SKU and line id already."""
    return sorted(lines, key=lambda i: (-goods[i].unit_minor, i))


def _sets(
    entry: Entry,
    eligible: Sequence[int],
    goods: Sequence[Goods],
    free: Sequence[int],
    size: int,
    lowered: int,
    of: b.Of,
    times_max: int | None,
) -> Taken:
    ordered = [i for i in _by_price(eligible, goods) if free[i]]
    if of is b.Of.SAME:
        skus = dict.fromkeys([goods[i].product.sku for i in ordered])
        piles = [[i for i in ordered if goods[i].product.sku == sku] for sku in skus]
    else:
        piles = [ordered]
    taken, left = Taken({}, {}), times_max
    for pile in piles:
        count = sum([free[i] for i in pile]) // size
        times = count if left is None else min(count, left)
        if left is not None:
            left -= times
        _use(entry, pile, goods, free, times * size, times * lowered, taken)
    return taken


def _use(
    entry: Entry,
    pile: Sequence[int],
    goods: Sequence[Goods],
    free: Sequence[int],
    used: int,
    lowered: int,
    taken: Taken,
) -> None:
    """Use the first `used` pieces of a pile and lower the last `lowered` of them."""
    whole = used - lowered
    for i in pile:
        here = min(free[i], used)
        if not here:
            return
        plain = min(here, whole)
        taken.pieces[i] = taken.pieces.get(i, 0) + here
        used, whole = used - here, whole - plain
        if here > plain:
            amount = _set_off(entry, goods[i], here - plain)
            if amount:
                taken.by_line[i] = taken.by_line.get(i, 0) + amount


def _set_off(entry: Entry, goods: Goods, pieces: int) -> int:
    offer, unit = entry.offer, goods.unit_minor
    benefit = offer.benefit
    room = max(0, unit - goods.floor_minor(offer.unit_floor_minor, offer.may_go_below_cost))
    if isinstance(benefit, b.NthItem) and benefit.price_minor is not None:
        amount = max(0, unit - goods.price_of(benefit.price_minor)) * pieces
    else:
        assert isinstance(benefit, b.NthItem | b.BuyGet), "only these lower whole pieces of a set"
        amount = pieces * unit * (benefit.rate_bp or 0) // 10_000
    return min(amount, room * pieces)


def _listed(
    entry: Entry, benefit: b.BuyGet, eligible: Sequence[int], goods: Sequence[Goods], free: Sequence[int]
) -> Taken:
    left = list(free)
    gets = _by_price(_get_lines(benefit, entry.offer, goods), goods)
    buys = _by_price(eligible, goods)[::-1]
    used: dict[int, int] = {}
    lowered: dict[int, int] = {}
    times = 0
    while benefit.times_max is None or times < benefit.times_max:
        got = _pick(gets, left, benefit.get)
        bought = _pick(buys, left, benefit.buy) if got is not None else None
        if got is None or bought is None:
            break
        for i, count in got.items():
            lowered[i] = lowered.get(i, 0) + count
        for picked in (got, bought):
            for i, count in picked.items():
                used[i] = used.get(i, 0) + count
        times += 1
    by_line = {i: _set_off(entry, goods[i], count) for i, count in sorted(lowered.items())}
    return Taken(used, {i: amount for i, amount in by_line.items() if amount})


def _pick(lines: Sequence[int], left: list[int], wanted: int) -> dict[int, int] | None:
    """Take `wanted` pieces from the first lines that have some, out of `left`; None, and nothing taken, when they lack."""
    picked: dict[int, int] = {}
    for i in lines:
        if not wanted:
            break
        here = min(left[i], wanted)
        if here:
            picked[i] = here
            wanted -= here
    if wanted:
        return None
    for i, count in picked.items():
        left[i] -= count
    return picked


def _bundle(entry: Entry, benefit: b.Bundle, goods: Sequence[Goods], free: Sequence[int]) -> Taken | None:
    offer = entry.offer
    lines = [_by_price(_matching(part.items, offer, goods), goods) for part in benefit.parts]
    left, used, saved, times = list(free), dict[int, int](), 0, 0
    while benefit.times_max is None or times < benefit.times_max:
        before = left.copy()
        picked: dict[int, int] = {}
        for part, places in zip(benefit.parts, lines, strict=True):
            found = _pick(places, left, part.quantity)
            if found is None:
                picked = {}
                break
            for i, count in found.items():
                picked[i] = picked.get(i, 0) + count
        saving = sum([goods[i].unit_minor * count for i, count in picked.items()]) - benefit.price_minor
        if not picked or saving <= 0:
            left = before
            break
        saved, times = saved + saving, times + 1
        for i, count in picked.items():
            used[i] = used.get(i, 0) + count
    if not used:
        return None
    places = sorted(used)
    rooms = [
        max(0, goods[i].unit_minor - goods[i].floor_minor(offer.unit_floor_minor, offer.may_go_below_cost))
        * used[i]
        for i in places
    ]
    amount = min(saved, sum(rooms))
    parts = spread(amount, [goods[i].unit_minor * used[i] for i in places], rooms)
    return Taken(used, {i: part for i, part in zip(places, parts, strict=True) if part})
