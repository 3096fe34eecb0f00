"""Price a cart the slow way: every set of choices is tried, every lane worked out literally.

An independent working of docs/algorithms/pricing.md, written from that page alone; the engine is compared with it. Carts must be
small: where the page stops searching exactly without saying in which order (ten in a knot, twelve choices), this asserts instead.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from fairday.promotions.engine.document import PriceIn
from tests.promotions import shapes as o
from tests.promotions.reference_cart import Cart, Use, half_up, holds, remainder_split, uses
from tests.promotions.reference_lanes import KNOT_MAX, Work, classes, item_lane, knots, rivals, spread

CHOICES_MAX = 12


@dataclass
class Reckoned:
    """Hold a priced cart: amounts in minor units. Gift lines are in `gifts`, in subtotal and in discount only."""

    total_minor: int
    subtotal_minor: int
    discount_minor: int
    freight_minor: int
    tax_minor: int
    payable_minor: int
    lines: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    applied: dict[tuple[str, str | None], int] = field(default_factory=dict)
    payments: dict[tuple[str, str | None], int] = field(default_factory=dict)
    allocations: dict[tuple[str, str, str], int] = field(default_factory=dict)
    gifts: dict[tuple[str, str], int] = field(default_factory=dict)


def price(doc: PriceIn) -> Reckoned:
    """Return the price of `doc`, with the set of choices that rule 11 asks for."""
    found = uses(doc)
    always = [use for use in found if use.choice is None]
    choices = sorted((use for use in found if use.choice is not None), key=lambda use: use.choice or "")
    assert len(choices) <= CHOICES_MAX, "the reference tries every set of up to twelve choices"
    if doc.choose is not None:
        return report(
            *settle(doc, always + within_claims([use for use in choices if use.choice in doc.choose]))
        )
    tried = []
    for size in range(len(choices) + 1):
        for chosen in combinations(choices, size):
            if within_claims(list(chosen)) != list(chosen):
                continue
            work, taxes = settle(doc, [*always, *chosen])
            ids = tuple(use.choice for use in chosen)
            tried.append(
                (
                    payable(work, taxes),
                    total(work, taxes),
                    -gift_value(work),
                    -points(work),
                    size,
                    ids,
                    work,
                    taxes,
                )
            )
    best = min(tried, key=lambda row: row[:6])
    return report(best[6], best[7])


def within_claims(chosen: list[Use]) -> list[Use]:
    """Leave out the claims beyond their offer's `claims_max`, those with the larger ids."""
    kept: list[Use] = []
    for use in chosen:
        alike = sum(other.offer.offer_id == use.offer.offer_id for other in kept)
        if use.claim_id is None or alike < use.offer.claims_max:
            kept.append(use)
    return kept


def settle(doc: PriceIn, chosen: list[Use]) -> tuple[Work, dict[str, int]]:
    """Run the pipeline with these uses; return where it ended and the tax per line (R6)."""
    cart = Cart(doc)
    work = Work(cart, dict(cart.gross), freight_left=doc.freight_minor, stock=dict(doc.stock))
    of_lane = {lane: [use for use in chosen if use.offer.lane == lane] for lane in o.Lane}
    item_lane(work, of_lane[o.Lane.ITEM])
    for lane in (o.Lane.SHOP, o.Lane.CROSS_SHOP, o.Lane.PLATFORM):
        found = dict(work.net)
        settle_lane(work, of_lane[lane], lambda use, found=found: asked(work, use, found), take_off)
    settle_lane(work, of_lane[o.Lane.PAYMENT], lambda use: tendered(work, use), pay)
    settle_lane(work, of_lane[o.Lane.FREIGHT], lambda use: freight_off(work, use), lower_freight)
    return work, tax(work)


# Shop, cross-shop, platform; payment and freight settle their classes in the same way (rules 4, 6, 10)


def settle_lane(
    work: Work,
    found: list[Use],
    alone: Callable[[Use], int],
    apply: Callable[[Work, Use, int], bool],
) -> None:
    """Settle a lane class by class: of each knot the set that takes off most, then by amount alone, most first."""
    for members in classes([use for use in found if holds(use, work.cart, work.base, work.lowered)]):
        amounts = {use: alone(use) for use in members if not work.barred(use)}
        able = [use for use, amount in amounts.items() if amount > 0 or gives_without_amount(work, use)]
        standing: list[Use] = []
        for knot in knots(able, lambda a, b: rivals(work, a, b)):
            assert len(knot) <= KNOT_MAX, (
                "the reference tries every set of up to ten offers that exclude each other"
            )
            sets = [
                chosen
                for size in range(len(knot) + 1)
                for chosen in combinations(sorted(knot, key=lambda use: use.key), size)
                if not any(rivals(work, a, b) for a, b in combinations(chosen, 2))
            ]
            standing += min(
                sets,
                key=lambda chosen: (
                    -sum(amounts[use] for use in chosen),
                    -len(chosen),
                    tuple(use.key for use in chosen),
                ),
            )
        for use in sorted(standing, key=lambda use: (-amounts[use], use.key)):
            if apply(work, use, amounts[use]):
                work.standing.append(use)


def room(work: Work, use: Use, line_id: str) -> int:
    """Return how far a line may still fall by an offer: its pieces share evenly, so the floor is of the line (rule 7)."""
    floor = work.cart.floor(use.offer, line_id) * len(work.cart.pieces[line_id])
    return max(0, work.net[line_id] - floor)


def asked(work: Work, use: Use, found: dict[str, int]) -> int:
    """Return an offer's amount alone: what it asks of the nets that the lane found, its cap, what the floors leave now."""
    cart, gives = work.cart, use.offer.benefit
    lines = cart.eligible(use.offer, None, work.lowered)
    net = sum(found[line_id] for line_id in lines)
    base = sum(work.base[line_id] for line_id in lines)
    cap: int | None = None
    match gives:
        case o.Fixed():
            want = gives.amount_minor
        case o.Percent():
            want, cap = gives.rate_bp * net // 10_000, gives.cap_minor
        case o.FixedPrice():
            want = max(0, net - gives.price_minor)
        case o.Every():
            want, cap = base // gives.every_minor * gives.off_minor, gives.cap_minor
        case o.Tiered():
            reached = base if gives.by == "amount" else sum(len(cart.pieces[line_id]) for line_id in lines)
            steps = [step for step in gives.steps if step.from_ <= reached]
            step = max(steps, key=lambda step: step.from_) if steps else None
            want, cap = 0 if step is None else step_gives(step, net), gives.cap_minor
        case o.Gift():
            plan = gift_plan(work, gives)
            want = plan if isinstance(plan, int) else 0
        case _:
            assert isinstance(gives, o.Points), gives
            want = 0
    want = want if cap is None else min(want, cap)
    return min(want, sum(room(work, use, line_id) for line_id in lines))


def step_gives(step: o.TieredStep, net: int) -> int:
    """Return what a step takes off."""
    if step.amount_minor is not None:
        return step.amount_minor
    assert step.rate_bp is not None
    return step.rate_bp * net // 10_000


def gift_plan(work: Work, gives: o.Gift) -> str | int | None:
    """Return the SKU that is given now, or the amount instead of it, or None when neither is there (rule 9)."""
    for sku in (gives.sku, gives.fallback_sku if gives.fallback == o.Fallback.OTHER_SKU else None):
        if sku is not None and work.stock.get(sku, gives.quantity) >= gives.quantity:
            return sku
    return gives.fallback_minor if gives.fallback == o.Fallback.AMOUNT else None


def gives_without_amount(work: Work, use: Use) -> bool:
    """Tell whether an offer stands although it takes nothing off: points, and a gift that is there."""
    gives = use.offer.benefit
    return isinstance(gives, o.Points) or (
        isinstance(gives, o.Gift) and isinstance(gift_plan(work, gives), str)
    )


def take_off(work: Work, use: Use, alone: int) -> bool:
    """Take the amount of an offer off its lines, as far as the floors leave it; tell whether it stands."""
    gives = use.offer.benefit
    if isinstance(gives, o.Points):
        work.points.append(use)
        return True
    if isinstance(gives, o.Gift):
        plan = gift_plan(work, gives)
        if isinstance(plan, str):
            if plan in work.stock:
                work.stock[plan] -= gives.quantity
            work.gifts.append((use, plan, gives.quantity))
            return True
        alone = plan or 0
    lines = work.sku_order(work.cart.eligible(use.offer, None, work.lowered))
    rooms = {line_id: room(work, use, line_id) for line_id in lines}
    work.take(use, spread(alone, {line_id: work.net[line_id] for line_id in lines}, rooms, lines))
    return bool(work.taken[use])


def tendered(work: Work, use: Use) -> int:
    """Return what a tender pays now: its amount, its limit, what is still to pay for goods (rule 10)."""
    gives = use.offer.benefit
    assert isinstance(gives, o.Tender)
    net = sum(work.net[line_id] for line_id in work.cart.eligible(use.offer, None, work.lowered))
    to_pay = sum(work.net.values()) - sum(work.payments.values())
    return min(gives.amount_minor, gives.limit_bp * net // 10_000, to_pay)


def pay(work: Work, use: Use, alone: int) -> bool:
    """Let a tender pay; tell whether it did."""
    amount = min(alone, tendered(work, use))
    if amount:
        work.payments[use] = amount
    return amount > 0


def freight_off(work: Work, use: Use) -> int:
    """Return what an offer takes off the freight now (rule 10)."""
    gives = use.offer.benefit
    assert isinstance(gives, o.Freight)
    want = gives.rate_bp * work.cart.doc.freight_minor // 10_000
    return min(want if gives.cap_minor is None else min(want, gives.cap_minor), work.freight_left)


def lower_freight(work: Work, use: Use, alone: int) -> bool:
    """Take an offer's amount off the freight; tell whether it did."""
    amount = min(alone, freight_off(work, use))
    if amount:
        work.freight[use] = amount
        work.freight_left -= amount
    return amount > 0


# What the cart comes to (rules 11 to 13)


def tax(work: Work) -> dict[str, int]:
    """Return the tax of each line, rounded once a line, or once a rate and spread by net (R21, R22)."""
    cart, rules = work.cart, work.cart.doc.tax
    if rules is None:
        return dict.fromkeys(cart.lines, 0)

    def of(amount: int, rate_bp: int) -> int:
        whole = 10_000 + (rate_bp if rules.mode == "inclusive" else 0)
        return half_up(Fraction(amount * rate_bp, whole))

    rates = {line_id: cart.product(line_id).tax_rate_bp for line_id in cart.lines}
    if rules.rounding == "line":
        return {line_id: of(work.net[line_id], rate) for line_id, rate in rates.items()}
    found = dict.fromkeys(cart.lines, 0)
    for rate in set(rates.values()):
        lines = work.sku_order(line_id for line_id in rates if rates[line_id] == rate)
        nets = [work.net[line_id] for line_id in lines]
        if sum(nets):
            found |= dict(zip(lines, remainder_split(of(sum(nets), rate), nets), strict=True))
    return found


def total(work: Work, taxes: dict[str, int]) -> int:
    """Return goods, freight, and tax where prices are without it."""
    rules = work.cart.doc.tax
    added = sum(taxes.values()) if rules is not None and rules.mode == "exclusive" else 0
    return sum(work.net.values()) + work.freight_left + added


def payable(work: Work, taxes: dict[str, int]) -> int:
    """Return what is left to pay when the tenders have paid."""
    return total(work, taxes) - sum(work.payments.values())


def gift_value(work: Work) -> int:
    """Return what the gifts would cost."""
    known = work.cart.products
    return sum(work.cart.item_price(sku) * count for _, sku, count in work.gifts if sku in known)


def points(work: Work) -> int:
    """Return what the nets earn in points, in basis points of a minor unit, multiplied by every points offer whose goods they are."""
    earned = 0
    for line_id, net in work.net.items():
        rate_bp = 10_000
        for use in work.points:
            if isinstance(use.offer.benefit, o.Points) and line_id in work.touched(use):
                rate_bp = rate_bp * use.offer.benefit.multiplier_bp // 10_000
        earned += net * rate_bp
    return earned


def funded(work: Work, use: Use) -> dict[tuple[str, str], int]:
    """Return each funder's part per line: rows sum to the line's discount, columns to the funder's share (rule 12)."""
    offer = use.offer
    need = dict(work.taken[use])
    default = "platform" if offer.merchant_id is None else "merchant"
    shares = [(share.funder, share.share_bp) for share in offer.funders] or [(default, 10_000)]
    totals = remainder_split(sum(need.values()), [share for _, share in shares])
    lines = work.sku_order(need)
    found: dict[tuple[str, str], int] = {}
    for (funder, _), amount in zip(shares, totals, strict=True):
        parts = remainder_split(amount, [need[line_id] for line_id in lines]) if amount else [0] * len(lines)
        for line_id, part in zip(lines, parts, strict=True):
            need[line_id] -= part
            assert need[line_id] >= 0
            found[line_id, funder] = found.get((line_id, funder), 0) + part
    assert not any(need.values()), (use, need)
    return found


def report(work: Work, taxes: dict[str, int]) -> Reckoned:
    """Write down what the cart came to."""
    gross = work.cart.gross
    out = Reckoned(
        total_minor=total(work, taxes),
        subtotal_minor=sum(gross.values()) + gift_value(work),
        discount_minor=sum(gross.values()) - sum(work.net.values()) + gift_value(work),
        freight_minor=work.freight_left,
        tax_minor=sum(taxes.values()),
        payable_minor=payable(work, taxes),
        lines={line_id: (gross[line_id], work.net[line_id], taxes[line_id]) for line_id in gross},
        payments={(use.offer.offer_id, use.claim_id): amount for use, amount in work.payments.items()},
    )
    for use, amounts in work.taken.items():
        if amounts:
            out.applied[use.offer.offer_id, use.claim_id] = sum(amounts.values())
            for (line_id, funder), amount in funded(work, use).items():
                if amount:
                    key = (line_id, use.offer.offer_id, funder)
                    out.allocations[key] = out.allocations.get(key, 0) + amount
    for use, amount in work.freight.items():
        out.applied[use.offer.offer_id, use.claim_id] = amount
    for use, sku, count in work.gifts:
        out.gifts[use.offer.offer_id, sku] = out.gifts.get((use.offer.offer_id, sku), 0) + count
    return out
