"""Work out prices: pure, exact, the same for ever. The only arithmetic of money that an order sees.

The pipeline is fixed (R6): phase price of each unit -> merchants' coupons -> platform coupons. Each discount works on
the net that the one before left; its threshold is tested on the eligible net after item prices and before coupons
(R9), so no later coupon can break an earlier one's condition (R10). Part C replaces the inside of `price`.
"""

from collections.abc import Sequence

from fairday.kernel.money import MINOR_MAX, share_bp_floor, split
from fairday.promotions.errors import AmountTooLarge, CouponBelowThreshold, CouponNoEffect, CouponsExclude
from fairday.promotions.types import (
    Allocation,
    Applied,
    Discount,
    DiscountKind,
    FunderKind,
    Level,
    PriceCart,
    PriceLine,
    Quote,
    QuoteLine,
)

_LEVEL_RANK: dict[str, int] = {Level.MERCHANT: 0, Level.PLATFORM: 1}
# Within a level, what works on a share of the net goes before what takes a fixed amount: better for the shopper (R7).
KIND_RANK: dict[str, int] = {
    DiscountKind.PERCENT: 0,
    DiscountKind.EXCHANGE: 1,
    DiscountKind.THRESHOLD: 2,
    DiscountKind.FIXED: 3,
}


def unit_price(
    price_minor: int, phase_prices: Sequence[tuple[str, int]], phase_ids: Sequence[str]
) -> tuple[int, str | None]:
    """Return the unit price now and the phase it comes from: the lowest of the regular and the open phases' prices.

    Ties go to the regular price, then to the smaller phase id.
    """
    best, phase_id = price_minor, None
    for candidate_id, candidate in sorted(phase_prices):
        if candidate < best and candidate_id in phase_ids:
            best, phase_id = candidate, candidate_id
    return best, phase_id


def line_gross(line: PriceLine, phase_ids: Sequence[str]) -> tuple[int, int, str | None]:
    """Return a line's price before coupons, its unit price, and the phase that gives it.

    Where a till's scale or cashier gave the price of the whole line, the unit is what is left of it, rounded down.
    """
    if line.till_gross_minor is not None:
        return line.till_gross_minor, line.till_gross_minor // line.quantity, None
    if not line.phase_prices:
        return line.price_minor * line.quantity, line.price_minor, None
    unit, phase_id = unit_price(line.price_minor, line.phase_prices, phase_ids)
    return unit * line.quantity, unit, phase_id


def rank(discount: Discount) -> tuple[int, int, str]:
    """Return the place of `discount` in the pipeline: level, kind, then claim id so that it is the same every time."""
    return _LEVEL_RANK[discount.level], KIND_RANK[discount.kind], discount.claim_id


def price(cart: PriceCart) -> Quote:
    """Price `cart`.

    Raises: AmountTooLarge, CouponsExclude, CouponBelowThreshold, CouponNoEffect.
    """
    phase_ids = cart.phase_ids
    priced = [line_gross(line, phase_ids) for line in cart.lines]
    gross = [minor for minor, _, _ in priced]
    gross_minor = sum(gross)
    if gross_minor > MINOR_MAX:
        raise AmountTooLarge()
    net = gross.copy()
    allocations: list[list[Allocation]] = [[] for _ in gross]
    discounts = cart.discounts
    applied: list[Applied] = []
    if discounts:
        if len(discounts) > 1:
            _refuse_exclusions(discounts)
            discounts = tuple(sorted(discounts, key=rank))
        order = _tie_order(cart.lines, gross)
        applied = [_apply(one, cart.lines, order, gross, net, allocations) for one in discounts]
    total_minor = sum(net)
    discount_minor = gross_minor - total_minor
    assert total_minor >= 0, "a price must add up (R19)"
    assert discount_minor == sum([one.amount_minor for one in applied]), "a price must add up (R19)"
    lines = [
        QuoteLine(
            line.line_id, line.sku_id, line.merchant_id, line.quantity, priced[i][1], gross[i], net[i], priced[i][2],
            tuple(allocations[i]),
        )
        for i, line in enumerate(cart.lines)
    ]  # fmt: skip
    return Quote(
        cart.currency,
        cart.priced_at,
        tuple(lines),
        tuple(applied),
        gross_minor,
        discount_minor,
        total_minor,
        cart.engine,
    )


def _tie_order(lines: Sequence[PriceLine], gross: Sequence[int]) -> list[int]:
    """Return the lines' indexes in the order in which ties go: by what a line is, not by where it stands, so that the
    total does not depend on the order of lines (I27)."""
    if len(lines) == 1:
        return [0]
    if len(lines) == 2 and lines[0].sku_id != lines[1].sku_id:
        return [0, 1] if lines[0].sku_id < lines[1].sku_id else [1, 0]
    return [
        key[-1]
        for key in sorted(
            [(line.sku_id, line.quantity, gross[i], line.line_id, i) for i, line in enumerate(lines)]
        )
    ]


def _refuse_exclusions(discounts: Sequence[Discount]) -> None:
    first: dict[str, str] = {}
    for discount in sorted(discounts, key=lambda one: one.claim_id):
        if discount.group is None:
            continue
        other = first.setdefault(discount.group, discount.claim_id)
        if other != discount.claim_id:
            raise CouponsExclude(claim_id=discount.claim_id, other_claim_id=other)


def _apply(
    discount: Discount,
    items: Sequence[PriceLine],
    order: Sequence[int],
    gross: Sequence[int],
    net: list[int],
    allocations: Sequence[list[Allocation]],
) -> Applied:
    scope = discount.eligible
    eligible = order if len(scope) == len(order) else [i for i in order if i in scope]
    base = discount.base_minor
    if base is None:
        base = sum([gross[i] for i in eligible])
    if base < discount.threshold_minor:
        raise CouponBelowThreshold(
            claim_id=discount.claim_id, threshold_minor=discount.threshold_minor, eligible_minor=base
        )
    amount, lines = amount_of(discount, eligible, net, items)
    if amount <= 0:
        raise CouponNoEffect(claim_id=discount.claim_id)
    parts = split(amount, [net[i] for i in lines]) if len(lines) > 1 else [amount]
    for i, allocation in zip(lines, funded(discount, amount, parts), strict=True):
        if allocation.amount_minor:
            net[i] -= allocation.amount_minor
            assert net[i] >= 0, "no line may fall below zero (R19)"
            allocations[i].append(allocation)
    return Applied(discount.claim_id, discount.source_id, discount.source_version, amount)


def funded(discount: Discount, amount: int, parts: list[int]) -> list[Allocation]:
    """Return the allocation of each part with its funders' shares. Source: R18, R22, R88.

    Each funder's total is its share of the whole by largest remainder; over the lines it is shared by what they still
    need, and the last funder takes the rest, so that rows and columns both sum exactly.
    """
    funders = discount.funders
    nothing = [0] * len(parts)
    platform = merchant = branded = nothing
    brand: str | None = None
    needed = parts
    totals = split(amount, [funder.share_bp for funder in funders]) if len(funders) > 1 else [amount]
    last = len(funders) - 1
    for i, funder in enumerate(funders):
        if i == last:
            shares = needed
        else:
            shares = split(totals[i], needed) if len(needed) > 1 else [totals[i]]
            needed = [need - share for need, share in zip(needed, shares, strict=True)]
        kind = funder.kind
        if kind == FunderKind.PLATFORM:
            assert platform is nothing, "each kind of funder stands once"
            platform = shares
        elif kind == FunderKind.MERCHANT:
            assert merchant is nothing, "each kind of funder stands once"
            merchant = shares
        else:
            assert branded is nothing, "each kind of funder stands once"
            branded, brand = shares, funder.brand
    claim_id, source_id, source_version = discount.claim_id, discount.source_id, discount.source_version
    return [
        Allocation(claim_id, source_id, source_version, part, platform[i], merchant[i], branded[i], brand)
        for i, part in enumerate(parts)
    ]


def amount_of(
    discount: Discount, eligible: Sequence[int], net: Sequence[int], items: Sequence[PriceLine]
) -> tuple[int, Sequence[int]]:
    """Return what `discount` takes off the `eligible` lines at `net`, and the lines it takes it from.

    Never more than the eligible net (R32), than its cap, or than what leaves the order its smallest payable amount.
    """
    if not eligible:
        return 0, eligible
    if discount.kind == DiscountKind.EXCHANGE:
        # One unit, rounded down, of the line whose unit is dearest now; the first wins a tie.
        best = max(eligible, key=lambda i: net[i] // items[i].quantity)
        eligible = (best,)
        reachable = net[best] // items[best].quantity
        amount = reachable - discount.amount_minor
    else:
        reachable = sum([net[i] for i in eligible])
        if discount.kind == DiscountKind.PERCENT:
            amount = share_bp_floor(reachable, discount.rate_bp)
        else:
            amount = discount.amount_minor
    if discount.cap_minor is not None:
        amount = min(amount, discount.cap_minor)
    return min(amount, reachable, sum(net) - discount.min_payable_minor), eligible
