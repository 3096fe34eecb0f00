"""Say of every offer that does not stand why not, what it would have saved, and what to add to save more. Source: R13, R15."""

from collections.abc import Iterator, Sequence

from fairday.promotions.engine import benefit_types as b
from fairday.promotions.engine import document as d
from fairday.promotions.engine import offers as o
from fairday.promotions.engine.book import Book, Entry
from fairday.promotions.engine.choosing import name, payable
from fairday.promotions.engine.conditions import Reason
from fairday.promotions.engine.item_lane import Candidate
from fairday.promotions.engine.order_lanes import raw_off
from fairday.promotions.engine.piece_sets import lacking
from fairday.promotions.engine.pipeline import Run, State, Why
from fairday.promotions.engine.telling import refused, untouched


def explain(
    run: Run, state: State, used: Sequence[Candidate], book: Book, *, everything: bool
) -> list[d.Refused]:
    """Return every offer that met the cart and does not stand; with `everything`, also those that never met it."""
    stands = {done.candidate.key for done in state.done}
    told: list[d.Refused] = []
    for members in run.automatic.values():
        for one in members:
            why = state.rejected.get(one.key)
            if why is not None and one.key not in stands:
                told.append(refused(run, one, why, book.entries))
    told += [_left_out(run, state, one, used, book) for one in run.choices if one.key not in stands]
    if everything:
        met = {entry for entry, eligible in run.met.items() if eligible}
        met_choices = {one.entry for one in run.choices}
        for entry in book.entries.values():
            if entry not in met or (entry.is_choice and entry not in met_choices):
                told.append(_never_held(run, entry) if entry in met else untouched(entry, run))
    return sorted(told, key=lambda one: (one.offer_id, one.claim_id or ""))


def _never_held(run: Run, entry: Entry) -> d.Refused:
    one = Candidate(entry, None, run.met[entry])
    return refused(run, one, Why(entry.refusal(run.scene, one.eligible) or Reason("coupon_needed")), {})


def _left_out(run: Run, state: State, one: Candidate, used: Sequence[Candidate], book: Book) -> d.Refused:
    """Try a choice beside the used ones: what it would do, or why it cannot stand."""
    if (why := state.rejected.get(one.key)) is not None and one in used:
        return refused(run, one, why, book.entries)
    same = sum([other.entry is one.entry for other in used])
    if same >= one.entry.offer.claims_max:
        return refused(run, one, Why(Reason("claims_max")), book.entries)
    after = run.through([*used, one])
    why = after.rejected.get(one.key)
    if why is not None:
        return refused(run, one, why, book.entries)
    saves = payable(run, state) - payable(run, after)
    if run.cart.choose is not None and name(one) not in run.cart.choose and saves > 0:
        return refused(run, one, Why(Reason("not_chosen")), book.entries, saves)
    gone = [
        done.candidate.entry.id
        for done in state.done
        if done.candidate.key not in {x.candidate.key for x in after.done}
    ]
    return refused(
        run,
        one,
        Why(Reason("better_without" if saves < 0 else "no_effect"), gone[0] if gone else None),
        book.entries,
        saves,
    )


def hints(run: Run, state: State) -> list[d.Hint]:
    """Return what to add to reach an offer, or the next step of one that stands, and what that saves beyond now (凑单)."""
    found = [hint for hint in _hints(run, state) if hint.saves_minor > 0]
    return sorted(found, key=lambda one: (one.add_minor or 0, one.add_quantity or 0, one.offer_id))


def _hints(run: Run, state: State) -> Iterator[d.Hint]:
    stands = {done.candidate.key: done.amount_minor for done in state.done}
    for members in [*run.automatic.values(), run.choices]:
        for one in members:
            if one.entry.offer.lane is o.Lane.ITEM:
                more = lacking(one.entry, one.eligible, run.goods) if _holds_now(run, state, one) else None
                if more is not None:
                    yield d.Hint(one.entry.id, more[1], add_quantity=more[0])
            if one.entry.offer.lane in (o.Lane.ITEM, o.Lane.PAYMENT):
                continue
            eligible = one.eligible
            base = sum([state.base[i] for i in eligible])
            pieces = sum([run.goods[i].pieces for i in eligible])
            why = state.rejected.get(one.key)
            if why is not None and why.reason.code == "below_amount" and why.reason.missing:
                add = why.reason.missing
                yield d.Hint(one.entry.id, _gives(run, one, base + add, pieces), add_minor=add)
            elif why is not None and why.reason.code == "below_quantity" and why.reason.missing:
                count = why.reason.missing
                yield d.Hint(one.entry.id, _gives(run, one, base, pieces + count), add_quantity=count)
            elif one.key in stands or (why is not None and why.reason.code == "no_effect"):
                yield from _next_step(run, one, base, pieces, stands.get(one.key, 0))


def _holds_now(run: Run, state: State, one: Candidate) -> bool:
    """Tell whether an item offer stands, or lacks only pieces."""
    why = state.rejected.get(one.key)
    return why is None or why.reason.code == "below_quantity"


def _gives(run: Run, one: Candidate, base: int, pieces: int) -> int:
    benefit = one.entry.offer.benefit
    if isinstance(benefit, b.Freight):
        amount = run.cart.freight_minor * benefit.rate_bp // 10_000
        return amount if benefit.cap_minor is None else min(amount, benefit.cap_minor)
    if isinstance(benefit, b.Gift):
        return benefit.fallback_minor or 0
    return raw_off(benefit, base, base, pieces)


def _next_step(run: Run, one: Candidate, base: int, pieces: int, now: int) -> Iterator[d.Hint]:
    benefit = one.entry.offer.benefit
    if isinstance(benefit, b.Every):
        add = benefit.every_minor - base % benefit.every_minor
        yield d.Hint(one.entry.id, _gives(run, one, base + add, pieces) - now, add_minor=add)
    elif isinstance(benefit, b.Tiered):
        reached = base if benefit.by == "amount" else pieces
        later = [step.from_ for step in benefit.steps if step.from_ > reached]
        if not later:
            return
        add = min(later) - reached
        if benefit.by == "amount":
            yield d.Hint(one.entry.id, _gives(run, one, base + add, pieces) - now, add_minor=add)
        else:
            yield d.Hint(one.entry.id, _gives(run, one, base, pieces + add) - now, add_quantity=add)
