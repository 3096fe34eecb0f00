"""Returns under contention: four processes ask for the same pieces at once; what comes back is what was bought, to the last cent. Source: I25, R82."""

import random
from collections import Counter
from typing import Any

from fairday.checkout.types import PlaceLine, PlaceOrder
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Database
from fairday.orders import service as orders
from fairday.orders.types import Order, Status
from fairday.returns import service
from fairday.returns.invariants import INVARIANTS as RETURNS
from tests.checkout import city
from tests.checkout.asking import placed, wallet
from tests.races.test_checkout import PROCESSES, books_hold
from tests.races.together import together
from tests.returns.asking import wished

PIECES = 7


async def grab_back(database: Database, number: int, order: Order, tries: int) -> Counter[str]:
    """Ask for one or two pieces again and again; return what was said, and how many came back."""
    chance, said = random.Random(number), Counter[str]()
    for _ in range(tries):
        count = chance.randint(1, 2)

        async def ask(tx: Any, now: Any, count: int = count) -> int:
            made = await service.ask(tx, wished(order, 0, {0: count}), now)
            return made.refund_minor

        try:
            said["minor"] += await database.run(ask)
            said["pieces"] += count
        except Refusal as refusal:
            said[refusal.code] += 1
    return said


async def test_no_piece_and_no_cent_comes_back_twice(database: Database, database_url: str) -> None:
    async def seed(tx: Any, now: Any) -> Any:
        shop = await city.shop(tx, now, [1_001], on_hand=100)
        (member,) = await city.shoppers(tx, now, 1, 10_000)
        claim_id = await city.claim(
            tx, now, await city.coupon(tx, now, shop, threshold_minor=1_000, amount_minor=1_000), member
        )
        line = PlaceLine(shop.sku_ids[0], PIECES, shop.store_id)
        request = PlaceOrder(
            lines=(line,),
            currency="CNY",
            member_id=member.member_id,
            claim_ids=(claim_id,),
            pay_with="wallet",
        )
        return member, (await placed(tx, now, request))[0]

    member, order = await database.run(seed)
    said = sum(await together(database_url, PROCESSES, grab_back, order, 6), Counter())
    assert (said["pieces"], said["minor"]) == (PIECES, order.total_minor)
    assert set(said) <= {"pieces", "minor", "bad_return_lines", "not_returnable"}

    async def look(tx: Any, now: Any) -> tuple[Order, int]:
        return await orders.get(tx, order.order_id), await wallet(tx, member)

    found, left = await database.run(look)
    assert (found.status, found.refunded_minor) == (Status.REFUNDED, order.total_minor)
    assert left == 10_000
    await books_hold(database)
    for invariant in RETURNS:
        assert await database.pool.fetch(invariant.query) == [], invariant.promise
