"""Carts that offers meet are priced by the second engine; where both can speak, the two say the same."""

import random
from datetime import UTC, datetime

import msgspec
import pytest

from fairday.promotions import rules, service
from fairday.promotions.engine.benefit_types import Fixed
from fairday.promotions.engine.items import Items
from fairday.promotions.engine.offers import Lane, Offer
from fairday.promotions.errors import CouponBelowThreshold, CouponNoEffect, CouponsExclude
from fairday.promotions.types import Discount, Funder, PriceCart, PriceLine, Quote, Scene

NOW = datetime(2026, 11, 11, tzinfo=UTC)
PLATFORM, MERCHANT = (Funder("platform", 10_000),), (Funder("merchant", 10_000),)
SHARED = (Funder("platform", 3_333), Funder("merchant", 3_333), Funder("brand", 3_334, "Yu"))


def idle(sku_id: str) -> Offer:
    """Return an offer that meets the goods and never holds, so that the cart goes to the second engine."""
    return Offer(
        offer_id="ofr_idle",
        lane=Lane.PLATFORM,
        items=Items(skus=(sku_id,)),
        benefit=Fixed(amount_minor=1),
        ends_at=NOW,
    )


def cart(chance: random.Random) -> PriceCart:
    """Return a cart with coupons of all kinds; one percent coupon a level at most, where the engines differ by design."""
    lines = tuple(
        PriceLine(str(n), f"sku_{n}", f"mer_{n % 2}", chance.randint(1, 4), chance.choice([333, 1000, 2500, 9999]),
                  (("p1", chance.choice([300, 900])),) if chance.random() < 0.3 else ())
        for n in range(1, chance.randint(1, 5) + 1)
    )  # fmt: skip
    discounts = []
    for n, (level, funders) in enumerate(
        (("merchant", MERCHANT), ("platform", PLATFORM), ("platform", SHARED))
    ):
        if chance.random() < 0.7:
            eligible = tuple(
                i for i, line in enumerate(lines) if level == "platform" or line.merchant_id == "mer_1"
            )
            percent = n < 2 and chance.random() < 0.5
            discounts.append(
                Discount(
                    f"clm_{n}", f"cpn_{n}", 1, level, "percent" if percent else ("threshold" if n < 2 else "fixed"), funders, eligible,
                    amount_minor=chance.choice([1, 100, 777]), rate_bp=chance.choice([500, 3_333]),
                    cap_minor=chance.choice([None, 500]), threshold_minor=0 if percent else chance.choice([1, 1000, 3000]),
                    min_payable_minor=chance.choice([0, 1]),
                )
            )  # fmt: skip
    return PriceCart(1, "CNY", NOW, ("p1",) if chance.random() < 0.5 else (), lines, tuple(discounts))


def told(quote: Quote) -> tuple[object, ...]:
    """Return the whole quote but its engine; a brand that pays nothing may be named or not."""
    lines = [
        msgspec.structs.replace(
            line, allocations=tuple(msgspec.structs.replace(a, brand=a.brand if a.brand_minor else None) for a in line.allocations)
        )
        for line in quote.lines
    ]  # fmt: skip
    return quote.gross_minor, quote.discount_minor, quote.total_minor, lines


@pytest.mark.parametrize("seed", range(300))
def test_both_engines_give_the_same_quote_where_both_can_speak(seed: int) -> None:
    first = cart(random.Random(seed))
    second = msgspec.structs.replace(
        first, engine=2, offers=(idle(first.lines[0].sku_id),), scene=Scene("online", order_count=0)
    )
    try:
        expected = rules.price(first)
    except (CouponBelowThreshold, CouponNoEffect):
        with pytest.raises((CouponBelowThreshold, CouponNoEffect)):
            service.price(second)
        return
    quote = service.price(second)
    assert quote.engine == 2
    assert told(quote) == told(expected)
    assert sorted(quote.discounts, key=str) == sorted(expected.discounts, key=str)


def test_coupons_of_one_group_exclude_each_other_in_both() -> None:
    line = PriceLine("1", "sku_1", "mer_1", 1, 1000)
    pair = tuple(
        Discount(f"clm_{n}", f"cpn_{n}", 1, "platform", "fixed", PLATFORM, (0,), amount_minor=100, group="g")
        for n in (1, 2)
    )
    both = PriceCart(2, "CNY", NOW, (), (line,), pair, (idle("sku_1"),), Scene("online"))
    with pytest.raises(CouponsExclude) as second:
        service.price(both)
    with pytest.raises(CouponsExclude) as first:
        service.price(msgspec.structs.replace(both, offers=()))
    assert first.value.details["claim_id"] == second.value.details["claim_id"] == "clm_2"


def test_an_exchange_coupon_sets_the_price_of_one_piece_beside_an_offer() -> None:
    line = PriceLine("1", "sku_1", "mer_1", 3, 1000)
    tea = Discount(
        "clm_1", "cpn_1", 1, "merchant", "exchange", MERCHANT, (0,), amount_minor=100, base_minor=3000
    )
    off = Offer(
        offer_id="ofr_1", lane=Lane.ITEM, items=Items(skus=("sku_1",)), benefit=Fixed(amount_minor=50)
    )
    quote = service.price(PriceCart(2, "CNY", NOW, (), (line,), (tea,), (off,), Scene("online")))
    assert (quote.total_minor, {one.source_id: one.amount_minor for one in quote.discounts}) == (
        2000,
        {"cpn_1": 900, "ofr_1": 100},
    )


def test_what_a_till_weighed_keeps_its_price_and_meets_offers() -> None:
    line = PriceLine("1", "sku_1", "mer_1", 2, 1000, (), 1234)
    off = Offer(
        offer_id="ofr_1", lane=Lane.PLATFORM, items=Items(skus=("sku_1",)), benefit=Fixed(amount_minor=34)
    )
    quote = service.price(PriceCart(2, "CNY", NOW, (), (line,), (), (off,), Scene("in_store", "sto_1")))
    assert (quote.gross_minor, quote.total_minor, quote.lines[0].quantity, quote.lines[0].unit_minor) == (
        1234,
        1200,
        2,
        617,
    )
