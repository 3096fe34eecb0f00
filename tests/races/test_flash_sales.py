"""A flash sale under contention: four processes let the same people in at once; places, waitlist and log come out exact. Source: I13, R48."""

import random
from collections import Counter
from typing import Any

from fairday.checkout import service as checkout
from fairday.checkout.types import FlashOrderBody, OrderWin
from fairday.flashsales import log, service, store
from fairday.flashsales.invariants import INVARIANTS as FLASH
from fairday.flashsales.types import EnterRequest
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Database
from fairday.stock.invariants import INVARIANTS as STOCK
from tests.checkout import city
from tests.flashsales.selling import opened, published, states
from tests.races.together import together

PROCESSES = 4
PEOPLE, PLACES, WAITLIST = 200, 37, 20


async def rush(database: Database, number: int, sale_id: str, people: list[str]) -> Counter[str]:
    """Let everybody in, in an order of this process's own and in batches of any size; order every second win at once."""
    chance, said = random.Random(number), Counter[str]()
    mine = chance.sample(people, len(people))
    while mine:
        batch, mine = mine[: (size := chance.randint(1, 40))], mine[size:]

        async def enter(tx: Any, now: Any, batch: list[str] = batch) -> list[Any]:
            return await service.enter(tx, [EnterRequest(sale_id, one) for one in batch], now)

        answers = await database.run(enter)
        said.update(states(answers))
        winners = [one for one, state in zip(batch, states(answers), strict=True) if state == "won"]
        wins = [OrderWin(sale_id=sale_id, member_id=one, body=FlashOrderBody(expected_total_minor=5_000)) for one in winners[::2]]  # fmt: skip
        if wins:

            async def order(tx: Any, now: Any, wins: list[OrderWin] = wins) -> list[Any]:
                return await checkout.order_wins(tx, wins, now)

            said["ordered"] += sum(not isinstance(one, Refusal) for one in await database.run(order))
    return said


async def test_exactly_the_places_are_won_and_the_log_proves_it(
    database: Database, database_url: str
) -> None:
    async def seed(tx: Any, now: Any) -> Any:
        shop = await city.shop(tx, now, [10_000], on_hand=PLACES)
        people = await city.shoppers(tx, now, PEOPLE, 10_000)
        return await opened(tx, now, shop, places=PLACES, waitlist_max=WAITLIST), [
            one.member_id for one in people
        ]

    sale, people = await database.run(seed)
    said = sum(await together(database_url, PROCESSES, rush, sale.sale_id, people), Counter())
    assert (said["won"], said["waiting"]) == (PLACES, WAITLIST)
    assert sum(said[one] for one in said if one.startswith("again")) == (PLACES + WAITLIST) * (PROCESSES - 1)
    assert said["flash_sold_out"] == (PEOPLE - PLACES - WAITLIST) * PROCESSES

    async def end(tx: Any, now: Any) -> list[str]:
        await service.stop(tx, sale.sale_id, None, now)
        assert (await store.sales(tx, [sale.sale_id]))[sale.sale_id].ordered_count == said["ordered"]
        return await published(tx, sale)

    assert log.faults(await database.run(end)) is None
    for invariant in (*FLASH, *STOCK):
        assert await database.pool.fetch(invariant.query) == [], invariant.promise
