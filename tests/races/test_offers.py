"""An offer's budget under contention: four processes order at once; what they took is the budget's, to the last unit. Source: I4, R31."""

from collections import Counter
from typing import Any

import msgspec

from fairday.checkout.types import PlaceOrder
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database
from fairday.promotions import store
from fairday.promotions.engine.offers import OfferTerms
from fairday.promotions.invariants import INVARIANTS as OFFERS
from fairday.promotions.offer_types import Simulation
from tests.checkout import city
from tests.races.test_checkout import PROCESSES, asked, books_hold, send_share
from tests.races.together import together

BUYERS, FITS = 120, 37
NEWCOMERS = 30


async def live(tx: Any, now: Any, terms: dict[str, Any], budget_minor: int) -> str:
    """Return an offer that two people made live."""
    offer_id = new_id("ofr")
    simulation = Simulation(now, 0, 0, 0, 0, 0, 0, {}, ())
    await store.insert_offer(tx, offer_id, None, "CNY", budget_minor, now)
    await store.insert_version(
        tx, offer_id, 1, msgspec.convert(terms, OfferTerms), budget_minor, "race", ("acc_1", "One"), now
    )
    assert await store.set_simulation(tx, offer_id, 1, simulation)
    await store.approve(tx, offer_id, 1, ("acc_2", "Two"), now)
    await store.go_live(tx, offer_id, 1, budget_minor)
    await store.new_revision(tx)
    return offer_id


async def test_a_budget_holds_exactly_as_many_orders_as_fit(database: Database, database_url: str) -> None:
    """37 orders of 3.00 fit into 112.99; the others are told that it ran out, or that the price is another by then."""

    async def seed(tx: Any, now: Any) -> Any:
        shop = await city.shop(tx, now, [10_000], on_hand=1000)
        people = await city.shoppers(tx, now, BUYERS, 20_000)
        terms = {
            "name": "减3元", "lane": "platform", "items": {"merchant_ids": [shop.merchant_id]},
            "benefit": {"type": "fixed", "amount_minor": 300},
        }  # fmt: skip
        return shop, people, await live(tx, now, terms, FITS * 300 + 199)

    shop, people, offer_id = await database.run(seed)
    requests: list[tuple[str, PlaceOrder]] = [
        (f"k{n}", asked(one.member_id, [(shop.sku_ids[0], shop.store_id)], expected_total_minor=9_700))
        for n, one in enumerate(people)
    ]
    shares = [requests[n::PROCESSES] for n in range(PROCESSES)]
    said = sum(await together(database_url, PROCESSES, send_share, shares), Counter())
    refused = said.pop("offer_used_up", 0) + said.pop("price_changed", 0)
    assert (sum(said.values()), refused) == (FITS, BUYERS - FITS)
    row = await database.pool.fetchrow(
        "SELECT taken_minor, status, stop_reason FROM promotions.offer WHERE offer_id = $1", offer_id
    )
    assert tuple(row) == (FITS * 300, "stopped", "budget")
    await books_hold(database)
    for invariant in OFFERS:
        assert await database.pool.fetch(invariant.query) == [], invariant.promise


async def test_each_member_has_one_first_order(database: Database, database_url: str) -> None:
    """Everybody orders four times at once, in four processes, at the price of a first order: each gets it once, paid or not."""

    async def seed(tx: Any, now: Any) -> Any:
        shop = await city.shop(tx, now, [10_000], on_hand=1000)
        people = await city.shoppers(tx, now, NEWCOMERS, 100_000)
        terms = {
            "name": "首单减30元", "lane": "platform", "items": {"merchant_ids": [shop.merchant_id]},
            "condition": {"type": "order_number", "nth": 1}, "benefit": {"type": "fixed", "amount_minor": 3_000},
        }  # fmt: skip
        return shop, people, await live(tx, now, terms, 10_000_000)

    shop, people, offer_id = await database.run(seed)
    # In each process every other member twice in one batch, some waiting for their payment.
    shares: list[list[tuple[str, PlaceOrder]]] = [
        [
            (
                f"k{turn}-{n}",
                asked(
                    one.member_id, [(shop.sku_ids[0], shop.store_id)], expected_total_minor=7_000,
                    pay_with=None if (n + turn) % 3 == 0 else "wallet",
                ),
            )
            for n, one in enumerate(people)
        ]
        for turn in range(PROCESSES)
    ]  # fmt: skip
    said = sum(await together(database_url, PROCESSES, send_share, shares), Counter())
    refused = said.pop("order_number_taken", 0) + said.pop("price_changed", 0)
    assert (sum(said.values()), refused) == (NEWCOMERS, NEWCOMERS * (PROCESSES - 1))
    lowered = await database.pool.fetch(
        "SELECT member_id, count(*) FROM orders.purchase WHERE discount_minor = 3000 AND member_id = ANY($1) GROUP BY 1",
        [one.member_id for one in people],
    )
    assert sorted(row["count"] for row in lowered) == [1] * NEWCOMERS
    await database.pool.execute(
        "UPDATE promotions.offer SET status = 'stopped' WHERE offer_id = $1", offer_id
    )
    await books_hold(database)
