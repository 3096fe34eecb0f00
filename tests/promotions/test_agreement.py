"""The engine agrees with the slow reference, on carts worked out by hand and on thousands made by chance."""

import random

import msgspec
import pytest

from fairday.promotions.engine.document import PriceIn
from tests.promotions.carts import Doc, random_doc, smallest
from tests.promotions.compare import as_json, differences, engine_price, priced, reckoned
from tests.promotions.reference import price
from tests.promotions.table import ROWS


def disagreement(doc: Doc) -> str:
    """Return in what the engine and the reference differ on a document; nothing when it is no document at all."""
    try:
        cart = msgspec.convert(doc, PriceIn)
    except msgspec.ValidationError:
        return ""
    known = {product.sku for product in cart.products}
    if not cart.lines or any(line.sku not in known for line in cart.lines):
        return ""
    expected = reckoned(price(cart))
    try:
        return differences(priced(engine_price(cart)), expected)
    except (
        Exception
    ) as broken:  # the smallest cart that breaks the engine is worth as much as one that it prices wrongly
        return f"{type(broken).__name__}: {broken}"


def agree_on(seeds: range) -> None:
    """Compare carts of these seeds; fail with the smallest cart on which they differ, as JSON."""
    for seed in seeds:
        doc = random_doc(random.Random(seed), sets_max=12)
        if not (found := disagreement(doc)):
            continue
        doc = smallest(doc, lambda smaller: still(smaller, found))
        cart = msgspec.convert(doc, PriceIn)
        pytest.fail(f"seed {seed}\n{as_json(cart)}\n{disagreement(doc)}\nreference: {reckoned(price(cart))}")


def still(doc: Doc, found: str) -> bool:
    """Tell whether a smaller document shows a disagreement of the same kind: about prices, or the same exception."""
    try:
        smaller = disagreement(doc)
    except Exception:  # what was left out made it a document that the reference does not take
        return False
    return bool(smaller) and kind(smaller) == kind(found)


def kind(found: str) -> str:
    """Return the exception that a disagreement is, if it is one."""
    head = found.partition(":")[0]
    return head if head[:1].isupper() else ""


@pytest.mark.parametrize(("name", "doc", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_the_engine_gives_what_was_worked_out_by_hand(name: str, doc: Doc, expected: Doc) -> None:
    out = priced(engine_price(msgspec.convert(doc, PriceIn)))
    assert {key: out[key] for key in expected} == expected, name


def test_engine_and_reference_agree_on_300_carts() -> None:
    agree_on(range(300))


@pytest.mark.prove
def test_engine_and_reference_agree_on_5000_carts() -> None:
    agree_on(range(1_000, 6_000))
