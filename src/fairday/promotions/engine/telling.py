"""Write a priced cart down: its lines with every allocation, what stands, what does not and why, and what to add to save more."""

from collections.abc import Mapping, Sequence

from fairday.kernel.money import MINOR_MAX
from fairday.promotions.engine import benefit_types as b
from fairday.promotions.engine import document as d
from fairday.promotions.engine import offers as o
from fairday.promotions.engine import taxes, texts
from fairday.promotions.engine.book import Entry
from fairday.promotions.engine.choosing import payable, points_bp
from fairday.promotions.engine.conditions import Reason
from fairday.promotions.engine.item_lane import Candidate
from fairday.promotions.engine.pipeline import Done, Run, State, Why
from fairday.promotions.engine.sharing import fund

ENGINE = 2
"""Rises when the engine would price a stored document to another number; the output names it (R2)."""


def tell(run: Run, state: State, refused: Sequence[d.Refused], hints: Sequence[d.Hint]) -> d.PriceOut:
    """Return the priced cart; asserts that everything sums. Source: R19."""
    cart, goods = run.cart, run.goods
    rows: list[list[d.PricedAllocation]] = [[] for _ in goods]
    freight: list[d.PricedAllocation] = []
    for done in state.done:
        _allocate(done, rows, freight)
    tax = taxes.of(cart.tax, goods, state.net) if cart.tax is not None else [0] * len(goods)
    points = points_bp(run, state)
    by_id: dict[str, d.PricedLine] = {}
    for i, one in enumerate(goods):
        by_id[one.line.line_id] = d.PricedLine(
            one.line.line_id, one.line.sku, one.line.quantity, one.gross_minor, state.net[i], tuple(rows[i]),
            _units(one.pieces, state.net[i]), tax[i], points[i],
        )  # fmt: skip
    lines = [by_id[line.line_id] for line in cart.lines]
    lines += [_gift(run, done, number) for number, done in enumerate(state.done) if done.gift_sku is not None]
    subtotal, net = sum([line.gross_minor for line in lines]), sum(state.net)
    assert subtotal <= MINOR_MAX, "checked before"
    assert all(
        [
            line.gross_minor - sum([a.amount_minor for a in line.allocations]) == line.net_minor >= 0
            for line in lines
        ]
    )
    added = sum(tax) if cart.tax is not None and cart.tax.mode == "exclusive" else 0
    total = net + state.freight_left + added
    left = payable(run, state)
    assert left == total - state.paid >= 0, "a price must add up (R19)"
    return d.PriceOut(
        cart.currency, cart.now, ENGINE, total, subtotal, subtotal - net, state.freight_left, sum(tax), left, tuple(lines),
        tuple([_applied(run, done) for done in state.done]), tuple(refused), tuple(hints),
        tuple([d.Payment(x.candidate.entry.id, x.amount_minor, x.candidate.claim_id) for x in state.done if x.lane is o.Lane.PAYMENT]),
        tuple(freight), trace(run, state),
    )  # fmt: skip


def _allocate(
    done: Done, rows: Sequence[list[d.PricedAllocation]], freight: list[d.PricedAllocation]
) -> None:
    entry = done.candidate.entry
    offer = entry.offer
    if done.lane is o.Lane.FREIGHT:
        [shares] = fund(done.amount_minor, [done.amount_minor], entry.funders)
        freight += [d.PricedAllocation(entry.id, offer.version, funder, part) for funder, part in shares]
    elif done.by_line:
        places = sorted(done.by_line)
        parts = [done.by_line[i] for i in places]
        for i, shares in zip(places, fund(done.amount_minor, parts, entry.funders), strict=True):
            rows[i] += [d.PricedAllocation(entry.id, offer.version, funder, part) for funder, part in shares]


def _units(pieces: int, net: int) -> tuple[d.UnitShare, ...] | None:
    share, larger = divmod(net, pieces)
    if not larger:
        return None
    return d.UnitShare(larger, share + 1), d.UnitShare(pieces - larger, share)


def _gift(run: Run, done: Done, number: int) -> d.PricedLine:
    entry = done.candidate.entry
    benefit = entry.offer.benefit
    assert done.gift_sku is not None
    assert isinstance(benefit, b.Gift)
    price = run.gift_price(done)
    [shares] = fund(price, [price], entry.funders)
    rows = tuple([d.PricedAllocation(entry.id, entry.offer.version, funder, part) for funder, part in shares])
    return d.PricedLine(
        f"gift-{number + 1}", done.gift_sku, benefit.quantity, price, 0, rows, gift_of=entry.id
    )


def name_of(entry: Entry) -> str:
    """Return what an offer is called."""
    return entry.offer.name or entry.id


def _applied(run: Run, done: Done) -> d.AppliedOffer:
    entry = done.candidate.entry
    en, zh = texts.applied(name_of(entry), done.amount_minor, run.cart.currency, done.gift_sku)
    return d.AppliedOffer(
        entry.id, done.amount_minor, en, zh, entry.offer.version, done.lane.value, done.candidate.claim_id
    )


def trace(run: Run, state: State) -> tuple[d.TraceStep, ...]:
    """Return the way to the price, step by step: what each offer found and what it left on the lines it touched."""
    net = [one.gross_minor for one in run.goods]
    steps = []
    for done in state.done:
        for i, part in done.by_line.items():
            net[i] -= part
        left = tuple([(run.goods[i].line.line_id, net[i]) for i in sorted(done.by_line)])
        steps.append(
            d.TraceStep(
                done.lane.value,
                done.candidate.entry.id,
                done.base_minor,
                done.amount_minor,
                left,
                done.candidate.claim_id,
            )
        )
    return tuple(steps)


def refused(
    run: Run, one: Candidate, why: Why, entries: Mapping[str, Entry], saves: int | None = None
) -> d.Refused:
    """Return why one offer does not stand, with its sentences."""
    by = entries.get(why.by) if why.by is not None else None
    en, zh = texts.refusal(why.reason, name_of(by) if by is not None else None, run.cart.currency)
    return d.Refused(one.entry.id, why.reason.code, why.reason.missing, one.claim_id, why.by, saves, en, zh)


def untouched(entry: Entry, run: Run) -> d.Refused:
    """Return why an offer does not stand that no line of the cart is eligible for."""
    reason = entry.refusal(run.scene, ()) or Reason("no_eligible_items")
    en, zh = texts.refusal(reason, None, run.cart.currency)
    return d.Refused(entry.id, reason.code, reason.missing, None, None, None, en, zh)
