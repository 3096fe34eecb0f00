"""Work out the lanes of the pipeline the slow way: every order of every subset tried, every knot's subsets tried.

Source: docs/algorithms/pricing.md, rules 4 to 10. Where that page leaves a choice, the reading is told beside it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import permutations
from math import floor

from tests.promotions import shapes as o
from tests.promotions.reference_cart import Cart, Piece, Use, half_up, holds, remainder_split

KNOT_MAX = 10
SETS_MAX = 4


@dataclass
class Work:
    """Hold a cart on its way through the lanes."""

    cart: Cart
    net: dict[str, int]
    taken: dict[Use, dict[str, int]] = field(default_factory=dict)
    base: dict[str, int] = field(default_factory=dict)
    lowered: set[str] = field(default_factory=set)
    standing: list[Use] = field(default_factory=list)
    payments: dict[Use, int] = field(default_factory=dict)
    freight: dict[Use, int] = field(default_factory=dict)
    freight_left: int = 0
    stock: dict[str, int] = field(default_factory=dict)
    gifts: list[tuple[Use, str, int]] = field(default_factory=list)
    points: list[Use] = field(default_factory=list)

    def take(self, use: Use, amounts: dict[str, int]) -> None:
        """Take `amounts` per line off for `use`."""
        for line_id, amount in amounts.items():
            assert 0 <= amount <= self.net[line_id], (use, line_id, amount)
            self.net[line_id] -= amount
        self.taken[use] = {line_id: amount for line_id, amount in amounts.items() if amount}

    def touched(self, use: Use) -> set[str]:
        """Return the lines of which an offer can say that they are its goods."""
        offer, cart = use.offer, self.cart
        lowered = () if offer.lane == o.Lane.ITEM else self.lowered
        match offer.benefit:
            case o.Bundle(parts=parts):
                return {line for part in parts for line in cart.eligible(offer, part.items, lowered)}
            case o.BuyGet(of=o.Of.LISTED, get_items=items):
                return {*cart.eligible(offer, None, lowered), *cart.eligible(offer, items, lowered)}
        return set(cart.eligible(offer, None, lowered))

    def barred(self, use: Use) -> bool:
        """Tell whether what stands already excludes `use`: a group in any lane, an exclusive offer in later lanes than item."""
        for other in self.standing:
            if other.offer.offer_id == use.offer.offer_id or not self.touched(use) & self.touched(other):
                continue
            if use.offer.group is not None and use.offer.group == other.offer.group:
                return True
            # In the item lane an exclusive offer bars the lines on which it took pieces instead (rule 5).
            if use.offer.lane == other.offer.lane != o.Lane.ITEM and other.offer.exclusive:
                return True
        return False

    def sku_order(self, lines: Iterable[str]) -> list[str]:
        """Return lines in the order that decides ties: by SKU, then line id."""
        return sorted(lines, key=lambda line_id: (self.cart.lines[line_id].sku, line_id))


def spread(amount: int, weights: dict[str, int], rooms: dict[str, int], order: list[str]) -> dict[str, int]:
    """Spread `amount` by weight; who has no room for its part takes its room, and the rest is spread anew (rule 8)."""
    parts = dict.fromkeys(order, 0)
    active = [line_id for line_id in order if weights[line_id] > 0]
    left = min(amount, sum(rooms[line_id] for line_id in active))
    while left:
        shares = dict(zip(active, remainder_split(left, [weights[i] for i in active]), strict=True))
        full = [line_id for line_id in active if shares[line_id] > rooms[line_id]]
        if not full:
            return parts | shares
        for line_id in full:
            parts[line_id] = rooms[line_id]
            left -= rooms[line_id]
        active = [line_id for line_id in active if line_id not in full]
    return parts


def classes(found: list[Use]) -> list[list[Use]]:
    """Return the uses by class, exclusive first, then the higher priority (rule 4)."""
    ranks = sorted({(not use.offer.exclusive, -use.offer.priority) for use in found})
    return [
        [use for use in found if (not use.offer.exclusive, -use.offer.priority) == rank] for rank in ranks
    ]


def knots(members: list[Use], meet: Callable[[Use, Use], bool]) -> list[list[Use]]:
    """Return the groups of members that hang together by `meet`."""
    left, found = sorted(members, key=lambda use: use.key), []
    while left:
        knot = [left.pop(0)]
        for member in knot:
            joined = [other for other in left if meet(member, other)]
            knot += joined
            left = [other for other in left if other not in joined]
        found.append(knot)
    return found


def rivals(work: Work, one: Use, other: Use) -> bool:
    """Tell whether two uses of one class exclude each other; claims of one offer never do."""
    if one.offer.offer_id == other.offer.offer_id or not work.touched(one) & work.touched(other):
        return False
    same_group = one.offer.group is not None and one.offer.group == other.offer.group
    return same_group or (one.offer.lane != o.Lane.ITEM and (one.offer.exclusive or other.offer.exclusive))


# Item lane (rule 5)


@dataclass
class Outcome:
    """Be what an order of set offers, then the piece offers, do to some lines."""

    used: dict[Use, list[Piece]] = field(default_factory=dict)
    amounts: dict[Use, dict[str, int]] = field(default_factory=dict)

    def add(self, use: Use, pieces: list[Piece], amounts: dict[str, int]) -> None:
        """Let a use take pieces."""
        self.used[use] = self.used.get(use, []) + pieces
        self.amounts[use] = self.amounts.get(use, {}) | amounts

    def total(self) -> int:
        """Return what comes off."""
        return sum(sum(amounts.values()) for amounts in self.amounts.values())


def item_lane(work: Work, found: list[Use]) -> None:
    """Settle the item lane: class after class, knot after knot, the order that takes off most."""
    cart = work.cart
    free = {piece for pieces in cart.pieces.values() for piece in pieces}
    closed: set[str] = set()  # lines on which an exclusive offer took pieces have none left for later classes
    for alike in classes([use for use in found if holds(use, cart, cart.gross)]):
        members = [use for use in alike if not work.barred(use)]
        sets = [use for use in members if is_set(use.offer)]
        singles = [use for use in members if not is_set(use.offer)]
        areas = [
            (knot, set().union(*(work.touched(use) for use in knot)))
            for knot in knots(sets, lambda a, b: bool(work.touched(a) & work.touched(b)))
        ]
        rest = set(cart.lines) - {line_id for _, lines in areas for line_id in lines}
        for knot, lines in [*areas, *(([], {line_id}) for line_id in rest)]:
            outcome = best_order(work, knot, singles, lines, frozenset(free))
            for use, pieces in outcome.used.items():
                work.take(use, merged(work.taken.get(use, {}), outcome.amounts[use], work.net))
                if use not in work.standing:
                    work.standing.append(use)
                free -= set(pieces)
                if use.offer.exclusive:
                    closed |= {piece.line_id for piece in pieces}
        free = {piece for piece in free if piece.line_id not in closed}
    work.base = dict(work.net)
    work.lowered = {line_id for amounts in work.taken.values() for line_id in amounts}


def merged(before: dict[str, int], more: dict[str, int], net: dict[str, int]) -> dict[str, int]:
    """Return both amounts; what was taken before is given back first, so that it can be taken again with the rest."""
    for line_id, amount in before.items():
        net[line_id] += amount
    assert not set(before) & set(more), "one offer lowers a line once"
    return before | more


def is_set(offer: o.Offer) -> bool:
    """Tell whether an item offer uses several pieces, or is one of a group."""
    return offer.group is not None or isinstance(offer.benefit, o.NthItem | o.BuyGet | o.Bundle)


def best_order(
    work: Work, knot: list[Use], singles: list[Use], lines: set[str], free: frozenset[Piece]
) -> Outcome:
    """Try every order of every subset of `knot`, and the piece offers after it; of more than four the one order of rule 5."""
    if len(knot) > SETS_MAX:
        return in_order(work, by_amount_alone(work, knot, free), singles, lines, free)
    tried = []
    for size in range(len(knot) + 1):
        for order in permutations(knot, size):
            outcome = in_order(work, list(order), singles, lines, free)
            if all(use in outcome.used for use in order):
                tried.append((-outcome.total(), size, tuple(use.key for use in order), outcome))
    return min(tried, key=lambda row: row[:3])[3]


def by_amount_alone(work: Work, knot: list[Use], free: frozenset[Piece]) -> list[Use]:
    """Return the set offers by what they take off alone, most first, then by id."""
    alone = {use: sum(set_takes(work.cart, use.offer, set(free))[1].values()) for use in knot}
    return sorted(knot, key=lambda use: (-alone[use], use.key))


def in_order(
    work: Work, order: list[Use], singles: list[Use], lines: set[str], free: frozenset[Piece]
) -> Outcome:
    """Let the set offers take pieces in this order, without those that a standing one bars or that take nothing off."""
    outcome, left = Outcome(), set(free)
    for use in order:
        if any(rivals(work, use, other) for other in outcome.used):
            continue
        pieces, amounts = set_takes(work.cart, use.offer, left)
        if sum(amounts.values()):
            outcome.add(use, pieces, amounts)
            left -= set(pieces)
    for line_id in lines:
        single(work, outcome, singles, line_id, left)
    return outcome


def single(work: Work, outcome: Outcome, singles: list[Use], line_id: str, free: set[Piece]) -> None:
    """Give the free pieces of a line to the piece offer that lowers it most."""
    pieces = [piece for piece in work.cart.pieces[line_id] if piece in free]
    lowers = [
        (-off(work.cart, use.offer, line_id, pieces), use.key, use)
        for use in singles
        if line_id in work.touched(use)
    ]
    if pieces and lowers:
        minus, _, use = min(lowers, key=lambda row: row[:2])
        if minus:
            outcome.add(use, pieces, {line_id: -minus})


def off(cart: Cart, offer: o.Offer, line_id: str, pieces: list[Piece]) -> int:
    """Return what the lowered `pieces` of one line lose; of measured goods an amount is of a unit, so times the quantity."""
    rooms = [max(0, piece.price - cart.floor(offer, line_id)) for piece in pieces]
    units = cart.units(line_id)
    rate, cap, each = 0, None, None
    match offer.benefit:
        case o.Percent():
            rate, cap = offer.benefit.rate_bp, offer.benefit.cap_minor
        case o.BuyGet():
            rate = offer.benefit.rate_bp
        case o.NthItem(price_minor=None):
            rate = offer.benefit.rate_bp or 0
        case o.FixedPrice(price_minor=price) | o.NthItem(price_minor=price):
            each = [max(0, piece.price - half_up(price * units)) for piece in pieces]
        case o.Fixed():
            each = [floor(offer.benefit.amount_minor * units) for _ in pieces]
        case o.Deposit():
            more = max(0, offer.benefit.counts_as_minor - offer.benefit.deposit_minor)
            each = [floor(more * units) for _ in pieces]
        case _:
            raise AssertionError(offer)
    if each is not None:
        return sum(min(want, room) for want, room in zip(each, rooms, strict=True))
    want = rate * sum(piece.price for piece in pieces) // 10_000
    return min(want if cap is None else min(want, floor(cap * units) * len(pieces)), sum(rooms))


def dearest(free: set[Piece], lines: Iterable[str]) -> list[Piece]:
    """Return the free pieces of `lines`, dearest first, then by SKU, line id."""
    pieces = [piece for piece in free if piece.line_id in set(lines)]
    return sorted(pieces, key=lambda piece: (-piece.price, piece.sku, piece.line_id, piece.number))


def set_takes(cart: Cart, offer: o.Offer, free: set[Piece]) -> tuple[list[Piece], dict[str, int]]:
    """Return the pieces that a set offer uses of those free, and what each line loses."""
    pieces = dearest(free, cart.eligible(offer))
    match offer.benefit:
        case o.Bundle():
            return bundle(cart, offer, offer.benefit, free)
        case o.BuyGet(of=o.Of.LISTED):
            used, lowered = listed(cart, offer, offer.benefit, free)
        case o.NthItem(n=n):
            used, lowered = whole_sets(pieces, n, 1, offer.benefit.of, offer.benefit.times_max)
        case o.BuyGet(buy=buy, get=get):
            used, lowered = whole_sets(pieces, buy + get, get, offer.benefit.of, offer.benefit.times_max)
        case _:
            # A set offer by its group only: it uses the pieces of the lines that it lowers.
            lines = {piece.line_id for piece in pieces}
            lowers = {
                i for i in lines if off(cart, offer, i, [piece for piece in pieces if piece.line_id == i])
            }
            used = lowered = [piece for piece in pieces if piece.line_id in lowers]
    touched = {piece.line_id for piece in lowered}
    return used, {i: off(cart, offer, i, [piece for piece in lowered if piece.line_id == i]) for i in touched}


def whole_sets(
    pieces: list[Piece], size: int, get: int, of: o.Of, times_max: int | None
) -> tuple[list[Piece], list[Piece]]:
    """Return the used and the lowered pieces of as many whole sets as there are: the dearest are used, the cheapest of them lowered."""
    assert of != o.Of.LISTED
    skus = list(dict.fromkeys(piece.sku for piece in pieces))  # dearest first, as the pieces are
    pools = [pieces] if of == o.Of.CHEAPEST else [[p for p in pieces if p.sku == sku] for sku in skus]
    used: list[Piece] = []
    lowered: list[Piece] = []
    times_left = len(pieces) if times_max is None else times_max
    for pool in pools:
        times = min(len(pool) // size, times_left)
        times_left -= times
        taken = pool[: times * size]
        used += taken
        lowered += taken[len(taken) - times * get :]
    return used, lowered


def listed(cart: Cart, offer: o.Offer, gives: o.BuyGet, free: set[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Return the used and the lowered pieces: set after set the dearest of the list, then the cheapest that pay for them."""
    left, used, lowered, times = set(free), [], [], 0
    while gives.times_max is None or times < gives.times_max:
        got = dearest(left, cart.eligible(offer, gives.get_items))[: gives.get]
        bought = dearest(left - set(got), cart.eligible(offer))[::-1][: gives.buy]
        if len(got) < gives.get or len(bought) < gives.buy:
            break
        used += got + bought
        lowered += got
        left -= {*got, *bought}
        times += 1
    return used, lowered


def bundle(
    cart: Cart, offer: o.Offer, gives: o.Bundle, free: set[Piece]
) -> tuple[list[Piece], dict[str, int]]:
    """Return the pieces of all bundles that save something, and what each line loses."""
    left, used, saved, times = set(free), [], 0, 0
    while gives.times_max is None or times < gives.times_max:
        chosen: list[Piece] = []
        for part in gives.parts:
            more = dearest(left - set(chosen), cart.eligible(offer, part.items))[: part.quantity]
            if len(more) < part.quantity:
                chosen = []
                break
            chosen += more
        if not chosen or sum(piece.price for piece in chosen) <= gives.price_minor:
            break
        saved += sum(piece.price for piece in chosen) - gives.price_minor
        used += chosen
        left -= set(chosen)
        times += 1
    lines = {piece.line_id for piece in used}
    cost = {i: sum(piece.price for piece in used if piece.line_id == i) for i in lines}
    rooms = {
        i: sum(max(0, piece.price - cart.floor(offer, i)) for piece in used if piece.line_id == i)
        for i in lines
    }
    order = sorted(lines, key=lambda line_id: (cart.lines[line_id].sku, line_id))
    return used, spread(saved, cost, rooms, order)
