"""The slow reference gives what was worked out by hand, so that agreeing with it means something."""

import random
from collections import Counter

import msgspec
import pytest

from fairday.promotions.engine.document import PriceIn
from tests.promotions.carts import random_cart
from tests.promotions.compare import reckoned
from tests.promotions.reference import price
from tests.promotions.table import ROWS
from tests.promotions.table_builders import Doc


@pytest.mark.parametrize(("name", "doc", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_a_cart_worked_out_by_hand(name: str, doc: Doc, expected: Doc) -> None:
    out = reckoned(price(msgspec.convert(doc, PriceIn)))
    assert {key: out[key] for key in expected} == expected, name


def test_every_row_has_its_own_name() -> None:
    names = [row[0] for row in ROWS]
    assert sorted(set(names)) == sorted(names)


def test_the_wrong_sum_of_the_web_example_does_not_happen() -> None:
    # hunanlong.com shows 245.46 for C after the second layer, which makes the whole 0.01 too much (R20).
    doc = ROWS[0][1] | {"claims": []}
    assert price(msgspec.convert(doc, PriceIn)).lines["c"][1] == 24_545


def test_the_carts_by_chance_reach_every_benefit() -> None:
    # Else agreement would be easy: every kind of benefit must really take something off somewhere, and often.
    stood: Counter[str] = Counter()
    for seed in range(1_000):
        cart = random_cart(random.Random(seed))
        out = price(cart)
        kinds = {offer.offer_id: type(offer.benefit).__name__ for offer in cart.offers}
        stood.update(kinds[offer_id] for offer_id, _ in [*out.applied, *out.payments, *out.gifts])
        stood["discounted"] += out.discount_minor > 0
    kinds = "Fixed Percent FixedPrice Tiered Every NthItem BuyGet Bundle Gift Freight Deposit Tender"
    assert {name: stood[name] for name in kinds.split() if stood[name] < 10} == {}
    assert stood["discounted"] > 400
