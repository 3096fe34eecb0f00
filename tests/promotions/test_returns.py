"""What comes back: stored shares in every order of returns, and the policy of each offer. Source: R19, R20, R80-R83, I25."""

import random
from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fairday.promotions.engine import price
from fairday.promotions.engine.document import PriceIn
from fairday.promotions.engine.offers import OnReturn
from fairday.promotions.engine.returns import BadReturn, give_back, pieces_of
from tests.promotions.carts import random_cart
from tests.promotions.documents import document, fixed

GOLDEN = Path(__file__).resolve().parents[2] / "docs" / "examples" / "golden.json"


def refunds(cart: PriceIn, steps: list[dict[str, int]]) -> list[int]:
    """Return what each step gives back; every step names all pieces that are back by then."""
    priced, given, found = price(cart), 0, []
    for back in steps:
        refund = give_back(cart, priced, back, refunded_minor=given)
        given = refund.refunded_minor
        found.append(refund.refund_minor)
    return found


def golden() -> PriceIn:
    return msgspec.json.decode(GOLDEN.read_bytes(), type=PriceIn)


def test_the_golden_case() -> None:
    """Reach 45.45 / 90.91 / 163.64, not the 245.46 of the web example whose sum is off by 0.01 (R20)."""
    found = price(golden())
    assert [line.net_minor for line in found.lines] == [4545, 9091, 16364]
    assert found.total_minor == 30_000
    layers = [dict(step.net_minor) for step in found.trace]
    assert layers == [
        {"1": 8333, "2": 16667},
        {"1": 6818, "2": 13637, "3": 24545},
        {"1": 4545, "2": 9091, "3": 16364},
    ]
    assert sum(layers[1].values()) == 45_000


@pytest.mark.parametrize("order", list(permutations("123")))
def test_every_order_of_returning_the_golden_case(order: tuple[str, ...]) -> None:
    shares = {"1": 4545, "2": 9091, "3": 16364}
    steps = [dict.fromkeys(order[: n + 1], 1) for n in range(3)]
    assert refunds(golden(), steps) == [shares[line_id] for line_id in order]
    assert sum(refunds(golden(), steps)) == 30_000


def test_the_last_line_does_not_take_the_difference_and_no_order_goes_below_zero() -> None:
    """The shares of other systems depend on the order of lines, or make a payable negative (R18, R32)."""
    turned = msgspec.structs.replace(golden(), lines=tuple(reversed(golden().lines)))
    assert {line.line_id: line.net_minor for line in price(turned).lines} == {
        "1": 4545,
        "2": 9091,
        "3": 16364,
    }
    huge = price(document(fixed(1_000_000)))
    assert (huge.total_minor, [line.net_minor for line in huge.lines]) == (0, [0, 0, 0])


def test_pieces_of_one_line_come_back_by_their_shares() -> None:
    cart = document(fixed(2), products=[{"sku": "a", "price_minor": 334}], lines={"a": 3})
    shares = price(cart).lines[0].units or ()
    assert [(share.quantity, share.net_minor) for share in shares] == [(1, 334), (2, 333)]
    assert refunds(cart, [{"a": 1}, {"a": 2}, {"a": 3}]) == [334, 333, 333]
    assert refunds(cart, [{"a": 2}, {"a": 3}]) == [667, 333]


def spend(policy: str, **more: Any) -> PriceIn:
    """Return a cart of 75.00 with 7.50 off from 70.00, and free delivery from 70.00."""
    over = {"type": "amount", "min_minor": 7000}
    return document(
        fixed(750, condition=over, on_return=policy),
        {"lane": "freight", "condition": over, "benefit": {"type": "freight"}, "on_return": policy},
        freight_minor=600,
        **more,
    )


def test_proportional_keeps_the_shares_and_charges_freight_for_what_is_back() -> None:
    assert refunds(spend("proportional"), [{"c": 1}, {"c": 1, "a": 1}, {"c": 1, "a": 1, "b": 1}]) == [
        3600 - 320,
        900 - 80,
        2250 + 400,
    ]


def test_keep_gives_the_shares_and_leaves_freight_free() -> None:
    assert refunds(spend("keep"), [{"c": 1}, {"a": 1, "c": 1}, {"a": 1, "b": 1, "c": 1}]) == [3600, 900, 2250]


def test_claw_back_takes_what_the_rest_does_not_earn_and_gives_all_back_with_the_last() -> None:
    """Buy to reach 70, return 40: the 3.50 that the kept goods carry and the delivery are taken from the refund (R81)."""
    cart = spend("claw_back")
    first = give_back(cart, price(cart), {"c": 1})
    assert [(one.offer_id, one.amount_minor) for one in first.claw_backs] == [("o0", 350)]
    assert (first.freight_minor, first.refund_minor) == (-600, 3600 - 350 - 600)
    assert refunds(cart, [{"c": 1}, {"a": 1, "b": 1, "c": 1}]) == [2650, 6750 - 2650]


def test_a_claw_back_larger_than_the_refund_waits_for_later_returns() -> None:
    cart = document(fixed(3000, condition={"type": "amount", "min_minor": 7500}, on_return="claw_back"))
    given = refunds(cart, [{"a": 1}, {"a": 1, "b": 1}, {"a": 1, "b": 1, "c": 1}])
    assert (given[0], sum(given)) == (0, 4500)
    assert min(given) >= 0


def test_every_x_minus_y_is_clawed_back_to_what_the_rest_reaches() -> None:
    every = {"benefit": {"type": "every", "every_minor": 2500, "off_minor": 300}, "on_return": "claw_back"}
    cart = document(every)
    refund = give_back(cart, price(cart), {"a": 1})
    assert price(cart).discount_minor == 900
    assert [one.amount_minor for one in refund.claw_backs] == [780 - 600]
    assert refund.refund_minor == 880 - 180


def test_a_gift_that_is_kept_is_charged_when_nothing_earns_it_any_more() -> None:
    gift = {
        "condition": {"type": "amount", "min_minor": 7000},
        "benefit": {"type": "gift", "sku": "a"},
        "on_return": "claw_back",
    }
    cart = document(gift)
    priced = price(cart)
    [line] = [line for line in priced.lines if line.gift_of]
    assert (line.gross_minor, line.net_minor, priced.total_minor) == (1000, 0, 7500)
    assert give_back(cart, priced, {"c": 1}).refund_minor == 3000
    assert give_back(cart, priced, {"c": 1, line.line_id: 1}).refund_minor == 4000
    assert give_back(cart, priced, {"a": 1, "b": 1, "c": 1}).refund_minor == 6500
    assert give_back(cart, priced, {"a": 1, "b": 1, "c": 1, line.line_id: 1}).refund_minor == 7500


def test_tax_that_was_added_comes_back_too() -> None:
    products = [{"sku": "a", "price_minor": 999, "tax_rate_bp": 1300}]
    cart = document(products=products, lines={"a": 3}, tax={"mode": "exclusive"})
    assert (price(cart).tax_minor, price(cart).total_minor) == (390, 3387)
    assert refunds(cart, [{"a": 1}, {"a": 2}, {"a": 3}]) == [1129, 1129, 1129]


@pytest.mark.parametrize("seed", range(300))
def test_any_sequence_of_returns_gives_back_what_was_paid(seed: int) -> None:
    """Random carts with random policies, returned piece by piece in random order: never below zero, in all exactly what was paid."""
    chance = random.Random(seed)
    cart = random_cart(chance)
    offers = [msgspec.structs.replace(one, on_return=chance.choice(list(OnReturn))) for one in cart.offers]
    cart = msgspec.structs.replace(cart, offers=tuple(offers))
    priced = price(cart)
    products = {one.sku: one for one in cart.products}
    pieces = [line.line_id for line in priced.lines for _ in range(pieces_of(line, products[line.sku]))]
    chance.shuffle(pieces)
    back: dict[str, int] = {}
    given = 0
    for line_id in pieces:
        back[line_id] = back.get(line_id, 0) + 1
        refund = give_back(cart, priced, back, refunded_minor=given)
        assert refund.refund_minor >= 0
        assert refund.refunded_minor == given + refund.refund_minor <= priced.total_minor
        given = refund.refunded_minor
    assert given == priced.total_minor


@pytest.mark.parametrize("back", [{"a": 2}, {"nothing": 1}, {"a": -1}])
def test_more_than_there_is_is_refused(back: dict[str, int]) -> None:
    cart = document()
    with pytest.raises(BadReturn):
        give_back(cart, price(cart), back)
