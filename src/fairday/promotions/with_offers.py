"""Price an order's cart that live offers meet: said in the engine's words, worked out there, said back as a quote.

Coupons stand among the offers: a merchant's in the shop lane, the platform's in the platform lane, one that exchanges a piece
in the item lane. Those that a shopper named are used as said; else the engine finds the set that leaves least to pay.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import msgspec

from fairday.kernel.errors import Refusal
from fairday.kernel.money import MINOR_MAX
from fairday.promotions import rules
from fairday.promotions.engine import benefit_types as b
from fairday.promotions.engine import document as d
from fairday.promotions.engine import returns
from fairday.promotions.engine.book import Book
from fairday.promotions.engine.choosing import choose, name
from fairday.promotions.engine.condition_types import Amount, CartChannel
from fairday.promotions.engine.explaining import explain, hints
from fairday.promotions.engine.item_lane import Candidate
from fairday.promotions.engine.items import Items
from fairday.promotions.engine.offers import FunderShare, Lane, Offer, OnReturn, Trigger
from fairday.promotions.engine.pipeline import Run, State
from fairday.promotions.engine.telling import ENGINE, tell
from fairday.promotions.errors import AmountTooLarge, CouponBelowThreshold, CouponNoEffect, CouponsExclude
from fairday.promotions.types import (
    Allocation,
    Applied,
    Discount,
    DiscountKind,
    Funder,
    FunderKind,
    Level,
    PriceCart,
    PriceLine,
    Quote,
    QuoteLine,
)

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def price(cart: PriceCart) -> Quote:
    """Price `cart` with its offers and all of its coupons.

    Raises: AmountTooLarge, CouponsExclude, CouponBelowThreshold, CouponNoEffect.
    """
    run, state, used = _run(cart, are_named=True)
    if sum([one.gross_minor for one in run.goods]) > MINOR_MAX:
        raise AmountTooLarge()
    priced = tell(run, state, (), ())
    stands = {one.offer_id for one in priced.applied}
    for discount in sorted(cart.discounts, key=lambda one: one.claim_id):
        if discount.claim_id not in stands:
            told = explain(run, state, used, _book(cart.offers), everything=False)
            raise _refusal(discount, next((one for one in told if one.offer_id == discount.claim_id), None))
    return _quote(cart, priced)


def explained(cart: PriceCart) -> d.PriceOut:
    """Return the price of `cart` with all that can be said of it: steps, what does not stand and why, what to add."""
    run, state, used = _run(cart, are_named=True)
    return tell(run, state, explain(run, state, used, run.book, everything=False), hints(run, state))


def best_claims(cart: PriceCart) -> tuple[str, ...]:
    """Return those of the cart's coupons whose use leaves least to pay."""
    _, _, used = _run(cart, are_named=False)
    wanted = {name(one) for one in used}
    return tuple([one.claim_id for one in cart.discounts if one.claim_id in wanted])


def base_of(cart: PriceCart) -> list[int]:
    """Return what each line counts toward coupons' thresholds: its amount after item offers, with no coupon used (R9)."""
    run, state, _ = _run(msgspec.structs.replace(cart, discounts=()), are_named=True)
    base = {goods.line.line_id: state.base[i] for i, goods in enumerate(run.goods)}
    return [base[line.line_id] for line in cart.lines]


def claw_backs(cart: PriceCart, back: Mapping[str, int]) -> dict[str, int]:
    """Return what offers take back in all when `back` (line id to pieces, all returns together) is back. Source: R81.

    A line that a till priced as a whole is back with its last piece.
    """
    if not any(one.on_return is OnReturn.CLAW_BACK for one in cart.offers):
        return {}
    pieces = {
        line.line_id: back[line.line_id]
        if line.till_gross_minor is None
        else back[line.line_id] // line.quantity
        for line in cart.lines
        if line.line_id in back
    }
    run, state, _ = _run(cart, are_named=True)
    found = returns.claw_backs(run, tell(run, state, (), ()), pieces)
    return {one.offer_id: one.amount_minor for one in found}


def met(lines: Collection[PriceLine], book: Book, phase_ids: tuple[str, ...]) -> tuple[Offer, ...]:
    """Return the offers of `book` that the lines' goods can meet, in the order of their ids."""
    products = {_key(line): _product(line, phase_ids) for line in lines}
    cart = d.PriceIn(now=_ANY_TIME, currency="CNY", products=(), lines=tuple([_line(line) for line in lines]))
    found = [entry.offer for entry, eligible in Run(cart, book, products).met.items() if eligible]
    return tuple(sorted(found, key=lambda one: one.offer_id))


@lru_cache(maxsize=4096)
def _book(offers: tuple[Offer, ...]) -> Book:
    """Return the offers ready to work; the same ones meet the same goods again and again."""
    return Book(offers)


def _run(cart: PriceCart, *, are_named: bool) -> tuple[Run, State, list[Candidate]]:
    scene = cart.scene
    assert scene is not None, "a cart with offers says where and how it is bought"
    coupons = [_offer(cart, one, are_named=are_named) for one in cart.discounts]
    claims = (
        () if are_named else tuple([d.HeldClaim(claim_id=o.offer_id, offer_id=o.offer_id) for o in coupons])
    )
    until = cart.priced_at + timedelta(microseconds=1)
    document = d.PriceIn(
        now=cart.priced_at,
        currency=cart.currency,
        products=(),
        lines=tuple([_line(line) for line in cart.lines]),
        claims=claims,
        codes=scene.codes,
        member=None if scene.order_count is None else d.Member(order_count=scene.order_count),
        channel=CartChannel(scene.channel),
        place_id=scene.place_id,
        region_id=scene.region_id,
        phases=tuple(
            [d.OpenPhase(phase_id=one, starts_at=cart.priced_at, ends_at=until) for one in cart.phase_ids]
        ),
        zone=scene.zone,
        payment_method=scene.payment_method,
    )
    products = {_key(line): _product(line, cart.phase_ids) for line in cart.lines}
    run = Run(document, Book(coupons, _book(cart.offers)), products)
    state, used = choose(run)
    return run, state, used


def _key(line: PriceLine) -> str:
    """Return what a line's product is called: its SKU, or where a till gave the line a price of its own, the line."""
    return line.sku_id if line.till_gross_minor is None else f"{line.sku_id} {line.line_id}"


def _line(line: PriceLine) -> d.DocumentLine:
    quantity = line.quantity if line.till_gross_minor is None else 1
    return d.DocumentLine(line_id=line.line_id, sku=_key(line), quantity=quantity)


def _product(line: PriceLine, phase_ids: tuple[str, ...]) -> d.Product:
    price_minor, prices = line.till_gross_minor, tuple[d.TimedPrice, ...]()
    if price_minor is None:
        unit, _ = rules.unit_price(line.price_minor, line.phase_prices, phase_ids)
        price_minor = line.price_minor
        prices = (d.TimedPrice(price_minor=unit),) if unit < price_minor else ()
    return d.Product(
        sku=line.sku_id,
        price_minor=price_minor,
        merchant_id=line.merchant_id,
        category_ids=line.category_ids,
        brand=line.brand,
        tags=line.tags,
        compare_at_minor=line.compare_at_minor,
        prices=prices,
    )


def _offer(cart: PriceCart, one: Discount, *, are_named: bool) -> Offer:
    """Say a judged coupon as an offer whose id is the claim's."""
    items = Items(skus=tuple(sorted({cart.lines[i].sku_id for i in one.eligible})))
    lane = Lane.PLATFORM if one.level == Level.PLATFORM else Lane.SHOP
    benefit: b.Benefit
    if one.kind == DiscountKind.EXCHANGE:
        lane = Lane.ITEM
        benefit = b.Bundle(parts=(b.BundlePart(items=items),), price_minor=one.amount_minor, times_max=1)
    elif one.kind == DiscountKind.PERCENT:
        benefit = b.Percent(rate_bp=one.rate_bp, cap_minor=one.cap_minor)
    else:
        amount = one.amount_minor if one.cap_minor is None else min(one.amount_minor, one.cap_minor)
        benefit = b.Fixed(amount_minor=amount)
    has_threshold = one.threshold_minor > 0 and one.base_minor is None
    return Offer(
        offer_id=one.claim_id,
        version=one.source_version,
        lane=lane,
        trigger=Trigger.AUTOMATIC if are_named else Trigger.CLAIM,
        items=items,
        condition=Amount(min_minor=one.threshold_minor) if has_threshold else None,
        benefit=benefit,
        # A piece that is exchanged carries no item offer; other coupons come after the offers of their lane, among
        # themselves in the first engine's order.
        priority=1000 if lane is Lane.ITEM else -100 - rules.KIND_RANK[one.kind],
        group=one.group,
        funders=tuple([_funder(funder) for funder in one.funders]),
        payable_floor_minor=one.min_payable_minor,
        may_go_below_cost=True,
    )


def _funder(one: Funder) -> FunderShare:
    kind = f"brand:{one.brand}" if one.kind == FunderKind.BRAND else str(one.kind)
    return FunderShare(funder=kind, share_bp=one.share_bp)


def _refusal(discount: Discount, why: d.Refused | None) -> Refusal:
    claim_id = discount.claim_id
    if why is not None and why.reason == "below_amount":
        missing = why.missing or 0
        return CouponBelowThreshold(
            claim_id=claim_id,
            threshold_minor=discount.threshold_minor,
            eligible_minor=discount.threshold_minor - missing,
        )
    if why is not None and why.by is not None:
        return CouponsExclude(claim_id=claim_id, other_claim_id=why.by)
    return CouponNoEffect(claim_id=claim_id)


def _quote(cart: PriceCart, priced: d.PriceOut) -> Quote:
    claims = {one.claim_id: one for one in cart.discounts}
    lines = []
    for line, told in zip(cart.lines, priced.lines, strict=True):
        _, unit, phase_id = rules.line_gross(line, cart.phase_ids)
        rows: dict[str, list[d.PricedAllocation]] = {}
        for one in told.allocations:
            rows.setdefault(one.offer_id, []).append(one)
        allocations = tuple(
            [_allocation(offer_id, parts, claims.get(offer_id)) for offer_id, parts in rows.items()]
        )
        lines.append(
            QuoteLine(
                line.line_id, line.sku_id, line.merchant_id, line.quantity, unit, told.gross_minor, told.net_minor,
                phase_id, allocations,
            )
        )  # fmt: skip
    applied = [_applied(one, claims.get(one.offer_id)) for one in priced.applied if one.amount_minor]
    return Quote(
        cart.currency, cart.priced_at, tuple(lines), tuple(applied), priced.subtotal_minor, priced.discount_minor,
        priced.total_minor, ENGINE,
    )  # fmt: skip


def _allocation(offer_id: str, parts: list[d.PricedAllocation], claim: Discount | None) -> Allocation:
    shares = {"platform": 0, "merchant": 0}
    brand_minor, brand = 0, None
    for one in parts:
        if one.funder in shares:
            shares[one.funder] += one.amount_minor
        else:
            brand_minor, brand = brand_minor + one.amount_minor, one.funder.partition(":")[2]
    amount = sum([one.amount_minor for one in parts])
    funded = (amount, shares["platform"], shares["merchant"], brand_minor, brand)
    if claim is None:
        return Allocation(None, offer_id, parts[0].version, *funded)
    return Allocation(claim.claim_id, claim.source_id, claim.source_version, *funded)


def _applied(one: d.AppliedOffer, claim: Discount | None) -> Applied:
    if claim is None:
        return Applied(None, one.offer_id, one.version, one.amount_minor)
    return Applied(claim.claim_id, claim.source_id, claim.source_version, one.amount_minor)
