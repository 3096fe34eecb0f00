"""Goods under contention: four processes, one shelf, exact totals. Source: I14-I18."""

import random
from datetime import datetime, timedelta
from typing import Any

from fairday.kernel.tx import Database, Tx
from fairday.stock import service
from fairday.stock.errors import OutOfStock
from fairday.stock.invariants import INVARIANTS
from fairday.stock.types import Level, Moved, Reserved, Settled
from tests.races.together import together
from tests.stock.builders import PLACE, order, receipt, stocked

PROCESSES = 4


async def shelf(database: Database, count: int, on_hand: int) -> list[str]:
    return await database.run(lambda tx, now: _shelf(tx, now, count, on_hand))


async def _shelf(tx: Tx, now: datetime, count: int, on_hand: int) -> list[str]:
    return [await stocked(tx, now, on_hand) for _ in range(count)]


async def levels(database: Database, skus: list[str]) -> list[Level]:
    found = await database.run(lambda tx, now: service.levels(tx, skus, [PLACE]))
    return [found[sku, PLACE] for sku in skus]


async def stock_holds(database: Database) -> None:
    while await database.run(lambda tx, now: service.expire(tx, now + timedelta(hours=1))):
        pass
    for invariant in INVARIANTS:
        assert await database.pool.fetch(invariant.query) == [], invariant.promise


async def buy(database: Database, number: int, sku: str) -> int:
    """Let fifty buyers of this process ask for one piece each, some at once and some alone."""
    got = 0
    for size in (1, 4, 20, 1, 4, 20):
        asked = [order((sku, 1)) for _ in range(size)]
        answers = await database.run(
            lambda tx, now, asked=asked: service.reserve(tx, asked, now), deadline_s=60
        )
        assert all(isinstance(answer, Reserved | OutOfStock) for answer in answers)
        got += sum(isinstance(answer, Reserved) for answer in answers)
    return got


async def test_the_last_piece_goes_to_one_of_two_hundred(database: Database, database_url: str) -> None:
    (sku,) = await shelf(database, 1, 1)
    assert sum(await together(database_url, PROCESSES, buy, sku)) == 1
    assert await levels(database, [sku]) == [Level(sku, PLACE, 1, 1)]
    await stock_holds(database)


async def wide(database: Database, number: int, skus: list[str]) -> int:
    """Ask for 500 random SKUs a batch, unsorted; return the pieces got."""
    chance = random.Random(number)
    got = 0
    for _ in range(6):
        wanted = chance.sample(skus, 500)
        asked = [order((wanted[n], 1), (wanted[n + 1], 2)) for n in range(0, 500, 2)]
        answers = await database.run(
            lambda tx, now, asked=asked: service.reserve(tx, asked, now), deadline_s=60
        )
        got += 3 * sum(isinstance(answer, Reserved) for answer in answers)
    return got


async def test_wide_batches_end_and_add_up(database: Database, database_url: str) -> None:
    skus = await shelf(database, 600, 12)
    got = await together(database_url, PROCESSES, wide, skus)
    found = await levels(database, skus)
    assert sum(level.reserved for level in found) == sum(got)
    assert all(0 <= level.reserved <= 12 for level in found)
    assert sum(got) > 0
    await stock_holds(database)


async def shuffle(database: Database, number: int, skus: list[str]) -> dict[str, int]:
    """Reserve, pay, take, release, sell and return at random; return what left and what came back."""
    chance = random.Random(number)
    open_documents: list[str] = []
    left = 0
    for _ in range(40):
        asked = [
            order((chance.choice(skus), 1), expires_at=None if chance.random() < 0.5 else _soon(n))
            for n in range(10)
        ]
        answers: Any = await database.run(
            lambda tx, now, asked=asked: service.reserve(tx, asked, now), deadline_s=60
        )
        open_documents += [answer.document_id for answer in answers if isinstance(answer, Reserved)]
        chance.shuffle(open_documents)
        some, open_documents = open_documents[:8], open_documents[8:]
        verb = chance.choice([service.take, service.release])
        answers = await database.run(lambda tx, now, v=verb, some=some: v(tx, some, now), deadline_s=60)
        if verb is service.take:
            left += sum(isinstance(answer, Settled) for answer in answers)
        sale = receipt((chance.choice(skus), 1))
        answers = await database.run(lambda tx, now, sale=sale: service.sell(tx, [sale], now), deadline_s=60)
        if isinstance(answers[0], Moved):
            left += 1
            if chance.random() < 0.5:
                await database.run(
                    lambda tx, now, sale=sale: service.put_back(tx, [sale], now), deadline_s=60
                )
                left -= 1
        await database.run(service.expire, deadline_s=60)
    return {"left": left}


def _soon(n: int) -> datetime:
    return datetime.now().astimezone() + timedelta(milliseconds=5 * n)


async def test_everything_at_once_adds_up(database: Database, database_url: str) -> None:
    skus = await shelf(database, 20, 30)
    left = sum(answer["left"] for answer in await together(database_url, PROCESSES, shuffle, skus))
    assert sum(level.on_hand for level in await levels(database, skus)) == 20 * 30 - left
    await stock_holds(database)


async def reserve_the_same(database: Database, number: int, document: Any) -> int:
    """Reserve for one document as every other process does; return 1 when it was new here."""
    (answer,) = await database.run(lambda tx, now: service.reserve(tx, [document], now), deadline_s=60)
    assert isinstance(answer, Reserved)
    return int(not answer.is_replay)


async def test_a_document_reserves_once(database: Database, database_url: str) -> None:
    """Also when it takes the last pieces: no twin may hear "out of stock" for what its document has."""
    (sku,) = await shelf(database, 1, 2)
    assert sum(await together(database_url, PROCESSES, reserve_the_same, order((sku, 2)))) == 1
    assert (await levels(database, [sku]))[0].reserved == 2


async def sell_the_same(database: Database, number: int, document: Any) -> int:
    """Sell the same receipt as every other process does; return 1 when it was new here."""
    (answer,) = await database.run(lambda tx, now: service.sell(tx, [document], now), deadline_s=60)
    assert isinstance(answer, Moved)
    return int(not answer.is_replay)


async def test_a_receipt_sells_once(database: Database, database_url: str) -> None:
    (sku,) = await shelf(database, 1, 2)
    assert sum(await together(database_url, PROCESSES, sell_the_same, receipt((sku, 2)))) == 1
    assert (await levels(database, [sku]))[0].on_hand == 0
