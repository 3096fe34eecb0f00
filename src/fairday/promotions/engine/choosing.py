"""Choose which coupons, codes and optional offers to use: what leaves least to pay. Rule 11 of docs/algorithms/pricing.md, R15.

Exact for up to `EXACT_MAX` choices; lanes are walked once for each set of the choices before them, not once for each set of all.
Of more, it begins with none, adds what helps most, and improves by single swaps.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TypeAlias

from fairday.promotions.engine import benefit_types as b
from fairday.promotions.engine import taxes
from fairday.promotions.engine.item_lane import Candidate
from fairday.promotions.engine.pipeline import LANES, Run, State

EXACT_MAX = 12
Rank: TypeAlias = tuple[int, int, int, int, int, tuple[str, ...]]


def name(choice: Candidate) -> str:
    """Return the id that a choice is called by: its claim's, else its offer's."""
    return choice.claim_id or choice.entry.id


def payable(run: Run, state: State) -> int:
    """Return what is left to pay."""
    total = sum(state.net) + state.freight_left - state.paid
    if run.cart.tax is not None and run.cart.tax.mode == "exclusive":
        total += sum(taxes.of(run.cart.tax, run.goods, state.net))
    return total


def rank(run: Run, state: State, used: Sequence[Candidate]) -> Rank:
    """Return what an outcome is compared by; the smallest is best."""
    has_gifts = any([done.gift_sku is not None for done in state.done])
    gifts = run.gift_value(state) if has_gifts else 0
    points = sum([net * bp for net, bp in zip(state.net, points_bp(run, state), strict=True)])
    left = payable(run, state)
    return left, left + state.paid, -gifts, -points, len(used), tuple(sorted([name(one) for one in used]))


def points_bp(run: Run, state: State) -> list[int]:
    """Return how often each line's points count, 10000 for once; multipliers multiply."""
    points = [10_000] * len(run.goods)
    for done in state.done:
        benefit = done.candidate.entry.offer.benefit
        if isinstance(benefit, b.Points):
            for i in done.candidate.eligible:
                points[i] = points[i] * benefit.multiplier_bp // 10_000
    return points


def choose(run: Run) -> tuple[State, list[Candidate]]:
    """Return the cart with the best choices used, and which these are."""
    choices = sorted(run.choices, key=lambda one: one.key)
    wanted = run.cart.choose
    if wanted is not None:
        used = _within_claims_max([one for one in choices if name(one) in wanted])
        return run.through(used), used
    if not choices:
        return run.through(()), []
    if len(choices) > EXACT_MAX:
        choices = [one for one in choices if _may_hold(run, one)]
    return _exact(run, choices) if len(choices) <= EXACT_MAX else _greedy(run, choices)


def _within_claims_max(choices: Sequence[Candidate]) -> list[Candidate]:
    counts: dict[str, int] = {}
    kept = []
    for one in choices:
        counts[one.entry.id] = counts.get(one.entry.id, 0) + 1
        if counts[one.entry.id] <= one.entry.offer.claims_max:
            kept.append(one)
    return kept


def _may_hold(run: Run, one: Candidate) -> bool:
    """Tell whether the offer holds on the undiscounted cart: where it does not, no discount of others makes it hold."""
    run.scene.base, run.scene.lowered = [goods.gross_minor for goods in run.goods], frozenset()
    return one.entry.refusal(run.scene, one.eligible) is None


def _subsets(choices: Sequence[Candidate]) -> Iterator[tuple[Candidate, ...]]:
    """Yield sets of choices; of several claims of one offer only the first ones, as all are alike."""
    for size in range(len(choices) + 1):
        for some in combinations(choices, size):
            if _is_first_claims(some, choices):
                yield some


def _is_first_claims(some: Sequence[Candidate], choices: Sequence[Candidate]) -> bool:
    counts: dict[str, int] = {}
    for one in some:
        counts[one.entry.id] = counts.get(one.entry.id, 0) + 1
    for one in some:
        count = counts[one.entry.id]
        if count > one.entry.offer.claims_max:
            return False
        if one.claim_id is not None:
            first = [other for other in choices if other.entry is one.entry][:count]
            if one not in first:
                return False
    return True


def _exact(run: Run, choices: Sequence[Candidate]) -> tuple[State, list[Candidate]]:
    by_lane = [list(_subsets([one for one in choices if one.entry.offer.lane is lane])) for lane in LANES]
    best: tuple[Rank, State, list[Candidate]] | None = None

    def walk(depth: int, state: State, used: list[Candidate]) -> None:
        nonlocal best
        if depth == len(LANES):
            found = rank(run, state, used)
            if best is None or found < best[0]:
                best = (found, state, used)
            return
        for some in by_lane[depth]:
            walk(depth + 1, run.step(state, LANES[depth], some), [*used, *some])

    walk(0, run.start(), [])
    assert best is not None, "no choice used is a choice too"
    return best[1], best[2]


def _greedy(run: Run, choices: Sequence[Candidate]) -> tuple[State, list[Candidate]]:
    used: list[Candidate] = []
    state = run.through(used)
    best = rank(run, state, used)
    while True:
        tries = [[*used, one] for one in choices if one not in used]
        tries += [[other for other in used if other is not gone] for gone in used]
        tries += [
            [*[other for other in used if other is not gone], one]
            for gone in used
            for one in choices
            if one not in used
        ]
        found = best
        for some in tries:
            if len(_within_claims_max(some)) < len(some):
                continue
            after = run.through(some)
            score = rank(run, after, some)
            if score < found:
                found, state, kept = score, after, some
        if found == best:
            return state, used
        best, used = found, kept
