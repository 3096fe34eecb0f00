"""Choose a member's coupons for a cart: the largest discount that the price engine gives to any set of them.

Guarantee: exact for up to `EXACT_MAX` usable coupons, of which at most `CLAIMS_MAX` stand on one order; of more, the ones
that take off most alone are looked at. Bounded: at most `2 ** EXACT_MAX` prices are worked out. Source: R15.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from fairday.checkout import carts, pricing
from fairday.checkout.types import CLAIMS_MAX, Choice, QuoteRequest
from fairday.coupons import service as coupons
from fairday.coupons.service import CouponEffect, Usable
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.promotions import service as promotions
from fairday.promotions.types import Discount, PriceCart, Quote

EXACT_MAX = 12
"""Coupons among which the best set is found exactly."""


class _Best(msgspec.Struct):
    """Hold the best set found: places of the candidates, and what it takes off."""

    places: tuple[int, ...] = ()
    minor: int = 0


def best_set(
    alone_minor: Sequence[int], together: Callable[[tuple[int, ...]], int | None]
) -> tuple[int, ...]:
    """Return the places whose discounts together take off most; the fewest, then the first ones win a tie.

    `alone_minor` is what each takes off alone, never more than it can add to others: the bound that cuts branches.
    `together` prices a set, None when the set cannot stand.
    """
    count = len(alone_minor)
    rest = [0] * (count + 1)
    for place in range(count - 1, -1, -1):
        rest[place] = rest[place + 1] + alone_minor[place]
    best = _Best()

    def visit(place: int, taken: tuple[int, ...], bound: int) -> None:
        if bound + rest[place] < best.minor:
            return
        if place == count or len(taken) == CLAIMS_MAX:
            minor = together(taken) if taken else 0
            if minor is not None and (minor, -len(taken)) > (best.minor, -len(best.places)):
                best.places, best.minor = taken, minor
            return
        visit(place + 1, (*taken, place), bound + alone_minor[place])
        visit(place + 1, taken, bound)

    visit(0, (), 0)
    return best.places


async def choices(
    tx: Tx, request: QuoteRequest, world: carts.World, now: datetime, *, is_best: bool
) -> tuple[tuple[str, ...], tuple[Choice, ...]]:
    """Return the claims to use, and for every unused claim of the member what it does to the cart or why not.

    With `is_best` the best set, else the claims that the request names.
    """
    if request.member_id is None or isinstance(pricing.check(request, world), Refusal):
        return request.claim_ids, ()
    cart = carts.price_cart(request, carts.price_lines(request, world), world, now)
    stores = {line.store_id for line in request.lines}
    found = await coupons.usable(
        tx,
        request.member_id,
        carts.use_lines(request, cart, world),
        pricing.coupons_channel(request.channel),
        store_id=stores.pop() if len(stores) == 1 else None,
        phase_ids=frozenset(world.phase_ids),
        now=now,
    )
    discounts = [pricing.discount(one.effect, cart.lines) for one in found if one.effect is not None]
    chosen = _best(cart, discounts[:EXACT_MAX]) if is_best else request.claim_ids
    return chosen, tuple(_choice(one, cart, discounts, chosen) for one in found)


def _best(cart: PriceCart, discounts: Sequence[Discount]) -> tuple[str, ...]:
    if cart.offers:
        # The engine bounds claims by offer, an order by their number: of more, those that take off most alone are looked at.
        return promotions.best_claims(carts.with_coupons(cart, discounts[:CLAIMS_MAX]))
    alone = [_off(cart, (one,)) or 0 for one in discounts]
    places = best_set(alone, lambda taken: _off(cart, tuple(discounts[place] for place in taken)))
    return tuple(discounts[place].claim_id for place in places)


def _off(cart: PriceCart, discounts: tuple[Discount, ...]) -> int | None:
    quote = _priced(cart, discounts)
    return None if isinstance(quote, Refusal) else quote.discount_minor


def _priced(cart: PriceCart, discounts: tuple[Discount, ...]) -> Quote | Refusal:
    try:
        return promotions.price(msgspec.structs.replace(cart, discounts=discounts))
    except Refusal as refusal:
        return refusal


def _choice(one: Usable, cart: PriceCart, discounts: Sequence[Discount], chosen: tuple[str, ...]) -> Choice:
    """Say what a claim does: in the chosen set, or added to it; and why not when it cannot join it."""
    claim_id = one.claim.claim_id
    if not isinstance(one.effect, CouponEffect):
        return Choice(one.claim, False, 0, one.refusal_code, one.refusal, one.refusal_zh, one.left_minor)
    others = tuple(each for each in discounts if each.claim_id in chosen and each.claim_id != claim_id)
    own = next(each for each in discounts if each.claim_id == claim_id)
    with_it, without = _priced(cart, (*others, own)), _priced(cart, others)
    if claim_id in chosen or not isinstance(with_it, Refusal):
        off = (
            0
            if isinstance(with_it, Refusal) or isinstance(without, Refusal)
            else without.total_minor - with_it.total_minor
        )
        return Choice(one.claim, claim_id in chosen, off)
    return Choice(one.claim, False, 0, with_it.code, with_it.sentence("en"), with_it.sentence("zh"))
