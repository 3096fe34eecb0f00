"""The best set of coupons: exact against trying every set, bounded, and never one that does nothing."""

import itertools
import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from fairday.checkout import choosing
from fairday.checkout.choosing import EXACT_MAX, best_set
from fairday.checkout.types import CLAIMS_MAX
from fairday.promotions.engine.benefit_types import Fixed
from fairday.promotions.engine.offers import Lane, Offer
from fairday.promotions.types import Discount, Funder, PriceCart, PriceLine, Scene


def engine(
    values: list[int], cap: int
) -> tuple[list[int], Callable[[tuple[int, ...]], int | None], list[tuple[int, ...]]]:
    """Return what each coupon takes alone, a price engine in which together they take at most `cap`, and what was asked.

    As in ours, a set in which one coupon does nothing cannot stand.
    """
    asked: list[tuple[int, ...]] = []

    def together(taken: tuple[int, ...]) -> int | None:
        asked.append(taken)
        left = cap
        for place in taken:
            if left == 0:
                return None
            left -= min(left, values[place])
        return cap - left

    return [min(cap, value) for value in values], together, asked


def by_trying_all(values: list[int], together: Callable[[tuple[int, ...]], int | None]) -> int:
    """Return the largest discount of any set."""
    sets = itertools.chain.from_iterable(
        itertools.combinations(range(len(values)), size) for size in range(1, CLAIMS_MAX + 1)
    )
    return max([together(one) or 0 for one in sets], default=0)


@pytest.mark.parametrize("seed", range(40))
def test_no_set_takes_off_more(seed: int) -> None:
    chance = random.Random(seed)
    values = [chance.randrange(1, 60) for _ in range(chance.randrange(0, 9))]
    cap = chance.randrange(1, 150)
    alone, together, _ = engine(values, cap)
    assert (together(best_set(alone, together)) or 0) == by_trying_all(values, together)


def test_where_all_add_up_one_price_is_enough() -> None:
    alone, together, asked = engine([50, 40, 30, 20, 10], 1_000)
    assert best_set(alone, together) == (0, 1, 2, 3, 4)
    assert len(asked) == 1


def test_the_fewest_coupons_win_a_tie() -> None:
    alone, together, _ = engine([30, 20, 20, 10], 30)
    assert best_set(alone, together) == (0,)


def test_the_work_is_bounded_where_coupons_crowd_each_other_out() -> None:
    alone, together, asked = engine([7] * EXACT_MAX, 11)
    assert len(best_set(alone, together)) == 2
    assert len(asked) <= 2**EXACT_MAX


def test_no_more_than_an_order_takes() -> None:
    alone, together, _ = engine([1] * EXACT_MAX, 1_000)
    assert len(best_set(alone, together)) == CLAIMS_MAX


def test_nothing_to_choose() -> None:
    alone, together, asked = engine([], 10)
    assert best_set(alone, together) == ()
    assert asked == []


def test_beside_offers_no_more_coupons_are_chosen_than_an_order_may_have() -> None:
    """Twelve coupons of 1 each all help, and ten may stand on one order."""
    line = PriceLine("1", "sku_1", "mer_1", 1, 1000)
    off = Offer(offer_id="ofr_1", lane=Lane.ITEM, benefit=Fixed(amount_minor=50))
    cart = PriceCart(2, "CNY", datetime(2026, 11, 11, tzinfo=UTC), (), (line,), (), (off,), Scene("online"))
    pays = (Funder("platform", 10_000),)
    coupons = [
        Discount(f"clm_{n:02d}", f"cpn_{n}", 1, "platform", "fixed", pays, (0,), amount_minor=1)
        for n in range(12)
    ]
    assert choosing._best(cart, coupons) == tuple(one.claim_id for one in coupons[:CLAIMS_MAX])
