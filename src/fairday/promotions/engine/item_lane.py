"""Settle the item lane: which piece carries which item offer. A piece carries at most one. Source: R8, rule 5 of docs/algorithms/pricing.md."""

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import NamedTuple, TypeAlias

from fairday.promotions.engine.book import Entry
from fairday.promotions.engine.goods import Goods
from fairday.promotions.engine.piece_sets import Taken, is_set, piece_off, reach, take

SETS_MAX = 4
"""Set offers on the same goods whose every order is tried; of more, they go by what they take off alone."""


class Candidate:
    """Hold an offer, or one claim of it, and its eligible lines; ties go by `key`."""

    __slots__ = ("claim_id", "eligible", "entry", "key")

    def __init__(self, entry: Entry, claim_id: str | None, eligible: Sequence[int]) -> None:
        self.entry = entry
        self.claim_id = claim_id
        self.eligible = eligible
        self.key = (entry.id, claim_id or "")


Groups: TypeAlias = dict[str, list[tuple[Entry, frozenset[int]]]]
"""Which offers of a group stand, and the lines that each is of."""


def group_holder(groups: Groups, one: Candidate, lines: Iterable[int]) -> Entry | None:
    """Return the other offer of its group that stands on some of its lines already."""
    for entry, held in groups.get(one.entry.offer.group or "", ()):
        if entry is not one.entry and not held.isdisjoint(lines):
            return entry
    return None


class Lowered(NamedTuple):
    """Hold what one item offer took off, by line, and the lines whose pieces it used."""

    candidate: Candidate
    by_line: dict[int, int]
    used: Iterable[int]


def settle_class(
    candidates: Sequence[Candidate], goods: Sequence[Goods], free: list[int], groups: Groups
) -> list[Lowered]:
    """Settle one class: take pieces from `free` and enter groups; return what was taken off, in the order applied."""
    singles: list[list[Candidate]] = [[] for _ in goods]
    sets: list[Candidate] = []
    for one in candidates:
        if is_set(one.entry.offer):
            sets.append(one)
        else:
            for i in one.eligible:
                singles[i].append(one)
    done: list[Lowered] = []
    if sets:
        for knot in _knots(sets, goods):
            done += _best_order(knot, goods, singles, free, groups)
    filled: dict[Candidate, dict[int, int]] = {}
    for i, offers in enumerate(singles):
        if offers and free[i]:
            best, amount = _best_single(offers, goods[i], free[i])
            if best is not None:
                filled.setdefault(best, {})[i] = amount
                free[i] = 0
    done += [Lowered(one, by_line, by_line) for one, by_line in filled.items()]
    for one, _, used in done:
        if one.entry.offer.exclusive:
            for i in used:
                free[i] = 0
    return done


def _best_single(offers: Sequence[Candidate], goods: Goods, pieces: int) -> tuple[Candidate | None, int]:
    best, best_amount = None, 0
    for one in offers:
        amount = piece_off(one.entry, goods, pieces)
        if amount > best_amount or (amount == best_amount and best is not None and one.key < best.key):
            best, best_amount = one, amount
    return best, best_amount


def _knots(sets: Sequence[Candidate], goods: Sequence[Goods]) -> list[list[Candidate]]:
    """Return the set offers in knots that share lines, directly or through others."""
    knots: list[tuple[set[int], list[Candidate]]] = []
    for one in sets:
        lines, members = set(reach(one.entry, one.eligible, goods)), [one]
        apart = []
        for knot in knots:
            if knot[0].isdisjoint(lines):
                apart.append(knot)
            else:
                lines |= knot[0]
                members = knot[1] + members
        knots = [*apart, (lines, members)]
    return [sorted(members, key=lambda one: one.key) for _, members in knots]


def _best_order(
    knot: Sequence[Candidate],
    goods: Sequence[Goods],
    singles: Sequence[Sequence[Candidate]],
    free: list[int],
    groups: Groups,
) -> list[Lowered]:
    lines = sorted({i for one in knot for i in reach(one.entry, one.eligible, goods)})

    def alone(one: Candidate) -> int:
        taken = take(one.entry, one.eligible, goods, free)
        return taken.amount_minor if taken else 0

    if len(knot) > SETS_MAX:
        ranked = sorted(knot, key=lambda one: (-alone(one), one.key))
        return _apply(ranked, goods, free, groups, keep=True) or []
    best: tuple[int, int, tuple[tuple[str, str], ...]] | None = None
    best_order: Sequence[Candidate] = ()
    for size in range(len(knot) + 1):
        for order in permutations(knot, size):
            left = free.copy()
            done = _apply(order, goods, left, {name: held.copy() for name, held in groups.items()})
            if done is None:
                continue
            total = sum([sum(one.by_line.values()) for one in done])
            total += sum(
                [_best_single(singles[i], goods[i], left[i])[1] for i in lines if left[i] and singles[i]]
            )
            rank = (-total, size, tuple([one.key for one in order]))
            if best is None or rank < best:
                best, best_order = rank, order
    return _apply(best_order, goods, free, groups) or []


def _apply(
    order: Sequence[Candidate],
    goods: Sequence[Goods],
    free: list[int],
    groups: Groups,
    *,
    keep: bool = False,
) -> list[Lowered] | None:
    """Apply set offers one after the other; None when one of them cannot stand, unless `keep` passes it over."""
    done: list[Lowered] = []
    for one in order:
        lines = frozenset(reach(one.entry, one.eligible, goods))
        taken: Taken | None = None
        if group_holder(groups, one, lines) is None:
            taken = take(one.entry, one.eligible, goods, free)
        if taken is None:
            if keep:
                continue
            return None
        for i, pieces in taken.pieces.items():
            free[i] -= pieces
        if one.entry.offer.group is not None:
            groups.setdefault(one.entry.offer.group, []).append((one.entry, lines))
        done.append(Lowered(one, taken.by_line, taken.pieces))
    return done
