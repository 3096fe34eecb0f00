"""Facts that hold for every cart, whatever its offers: sums, order, coupons never harm, the same price again."""

import random
from collections import Counter
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from fairday.promotions.engine.document import PricedLine, PriceIn, PriceOut, UnitShare
from fairday.promotions.engine.offers import Offer
from tests.promotions.carts import SETS_MAX, carts, set_uses
from tests.promotions.carts_offers import offer
from tests.promotions.compare import as_json, differences, engine_price, priced

Fact = Callable[[PriceIn, random.Random], None]


def sums_are_exact(cart: PriceIn, rng: random.Random) -> None:
    """Hold R19: parts sum to lines, lines to the total, the total less the payments to what is payable."""
    out = engine_price(cart)
    for line in out.lines:
        assert line.gross_minor - sum(part.amount_minor for part in line.allocations) == line.net_minor
        assert line.units == units(line, cart)
    exclusive = cart.tax is not None and cart.tax.mode == "exclusive"
    assert sum(line.gross_minor for line in out.lines) == out.subtotal_minor
    assert sum(line.net_minor for line in out.lines) == out.subtotal_minor - out.discount_minor
    assert sum(line.tax_minor for line in out.lines) == out.tax_minor
    added = out.tax_minor if exclusive else 0
    assert out.subtotal_minor - out.discount_minor + out.freight_minor + added == out.total_minor
    assert out.total_minor - sum(payment.amount_minor for payment in out.payments) == out.payable_minor
    lowered = sum(part.amount_minor for part in out.freight_allocations)
    assert cart.freight_minor - lowered == out.freight_minor


def units(line: PricedLine, cart: PriceIn) -> tuple[UnitShare, ...] | None:
    """Return what single pieces of a line cost when they differ: whole cents, the larger shares first (R19)."""
    unit = next(product.unit for product in cart.products if product.sku == line.sku)
    if unit != "C62":
        return None
    each, larger = divmod(line.net_minor, int(line.quantity))
    if not larger:
        return None
    return (UnitShare(larger, each + 1), UnitShare(int(line.quantity) - larger, each))


def nothing_is_negative(cart: PriceIn, rng: random.Random) -> None:
    """Hold I21: no line, share, part, total below zero, and no line above its gross."""
    out = engine_price(cart)
    for line in out.lines:
        assert 0 <= line.net_minor <= line.gross_minor
        assert line.tax_minor >= 0
        assert all(part.amount_minor > 0 for part in line.allocations)
        assert all(share.net_minor >= 0 for share in line.units or ())
        assert line.gift_of is None or line.net_minor == 0
    assert min(out.payable_minor, out.freight_minor, out.discount_minor) >= 0
    assert Counter(line.line_id for line in out.lines if line.gift_of is None) == Counter(
        line.line_id for line in cart.lines
    )


def floors_hold(cart: PriceIn, rng: random.Random) -> None:
    """Keep a line at its cost floor when no offer may go below it."""
    out = engine_price(cart)
    products = {product.sku: product for product in cart.products}
    brave = {offer.offer_id for offer in cart.offers if offer.may_go_below_cost}
    for line in out.lines:
        product = products[line.sku]
        if line.gift_of is None and product.unit == "C62" and line.allocations:
            assert isinstance(line.quantity, int)
            floor = product.cost_floor_minor * line.quantity
            assert (
                line.net_minor >= min(floor, line.gross_minor)
                or {part.offer_id for part in line.allocations} & brave
            )


def funders_pay_their_shares(cart: PriceIn, rng: random.Random) -> None:
    """Hold R88: an offer's parts sum to what it took off, and each funder's to its share, to less than a cent a claim."""
    out = engine_price(cart)
    offers = {offer.offer_id: offer for offer in cart.offers}
    applied: Counter[str] = Counter()
    claims: Counter[str] = Counter()
    for one in out.applied:
        if one.lane not in ("freight", "payment"):
            applied[one.offer_id] += one.amount_minor
            claims[one.offer_id] += 1
    paid: Counter[tuple[str, str]] = Counter()
    for line in goods(out):
        for part in line.allocations:
            paid[part.offer_id, part.funder] += part.amount_minor
    gifts = {line.gift_of for line in out.lines}
    for offer_id, amount in applied.items():
        if offer_id in gifts:
            continue
        shares = {share.funder: share.share_bp for share in offers[offer_id].funders}
        if not shares:
            shares = {"platform" if offers[offer_id].merchant_id is None else "merchant": 10_000}
        assert sum(part for (of, _), part in paid.items() if of == offer_id) == amount
        assert {funder for of, funder in paid if of == offer_id} <= set(shares)
        for funder, share_bp in shares.items():
            assert abs(paid[offer_id, funder] * 10_000 - amount * share_bp) < 10_000 * claims[offer_id]


def goods(out: PriceOut) -> list[PricedLine]:
    """Return the lines that were bought."""
    return [line for line in out.lines if line.gift_of is None]


def order_does_not_matter(cart: PriceIn, rng: random.Random) -> None:
    """Hold I27: lines, products, offers, claims and codes in any order come to the same."""
    mixed = {
        name: rng.sample(list(rows), len(rows))
        for name in ("lines", "products", "offers", "claims", "codes")
        if (rows := getattr(cart, name))
    }
    other = msgspec.structs.replace(cart, **{name: tuple(rows) for name, rows in mixed.items()})
    assert differences(priced(engine_price(other)), priced(engine_price(cart))) == ""


def pricing_again_gives_the_same(cart: PriceIn, rng: random.Random) -> None:
    """Hold R2: the document as it was written down comes to the same, byte for byte."""
    first = msgspec.json.encode(engine_price(cart))
    again = msgspec.json.decode(msgspec.json.encode(cart), type=PriceIn)
    assert msgspec.json.encode(engine_price(again)) == first


def a_coupon_never_raises_what_is_payable(cart: PriceIn, rng: random.Random) -> None:
    """Claim another coupon, or enter another code, of any kind: it helps or is left out (R7, R12)."""
    cart = msgspec.structs.replace(cart, choose=None)
    amounts = [max(1, sum(line.gross_minor for line in engine_price(cart).lines))]
    lanes: tuple[str, ...] = ("item", "shop", "cross_shop", "platform", "payment", "freight")
    if set_uses(cart) >= SETS_MAX:
        lanes = lanes[1:]  # beyond four set offers their orders are not tried, and nothing is promised
    drawn = offer(rng, "zz", amounts, lanes, loose=bool(rng.randrange(2)))
    drawn.pop("codes", None)
    claim, code = drawn | {"trigger": "claim"}, drawn | {"trigger": "code", "codes": ["ZZ99"]}
    for new, right in (
        (claim, {"claims": (*cart.claims, {"claim_id": "zz1", "offer_id": "zz"})}),
        (code, {"codes": (*cart.codes, "zz99")}),
    ):
        without = msgspec.structs.replace(cart, offers=(*cart.offers, msgspec.convert(new, Offer)))
        rights = {name: msgspec.convert(value, type_of(name)) for name, value in right.items()}
        holding = msgspec.structs.replace(without, **rights)
        assert engine_price(holding).payable_minor <= engine_price(without).payable_minor


def type_of(name: str) -> object:
    """Return the type of a field of the document."""
    return next(field.type for field in msgspec.structs.fields(PriceIn) if field.name == name)


FACTS: tuple[Fact, ...] = (
    sums_are_exact,
    nothing_is_negative,
    floors_hold,
    funders_pay_their_shares,
    order_does_not_matter,
    pricing_again_gives_the_same,
    a_coupon_never_raises_what_is_payable,
)


def check(fact: Fact, examples: int) -> None:
    """Try a fact on so many carts; Hypothesis shrinks the cart on which it fails, and prints it as JSON."""

    def told(cart: PriceIn, rng: random.Random) -> None:
        note(as_json(cart))
        fact(cart, rng)

    run = given(carts(), st.randoms(use_true_random=False))(told)
    settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)(
        run
    )()


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_fact(fact: Fact) -> None:
    check(fact, 300)


@pytest.mark.prove
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_fact_on_10000_carts(fact: Fact) -> None:
    check(fact, 10_000)
