"""One coupon at fifty tills, one receipt fifty times: four processes, one effect, exact totals. Source: R35, R36, I4."""

from datetime import datetime
from typing import Any

from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Database, Tx
from fairday.tills import service as tills
from fairday.tills.errors import AlreadyUsedAt
from fairday.tills.invariants import INVARIANTS
from fairday.tills.sale_types import (
    BasketLine,
    ConsumeAt,
    ConsumeBody,
    Redemption,
    SaleBody,
    SellAt,
    TillSale,
)
from fairday.tills.types import At
from tests.checkout import city as world
from tests.checkout.city import Shop
from tests.races.together import together
from tests.tills import city

PROCESSES = 5


async def _desks(tx: Tx, now: datetime, count: int) -> tuple[Shop, list[At]]:
    shop = await world.shop(tx, now, [12_000], on_hand=1000)
    return shop, [await city.desk(tx, now, shop) for _ in range(count)]


async def tills_hold(database: Database) -> None:
    for invariant in INVARIANTS:
        assert await database.pool.fetch(invariant.query) == [], invariant.promise


async def consume_at(database: Database, number: int, ats: list[At], code: str) -> list[str]:
    """Use the code at ten tills of this process, some alone and some together."""
    said = []
    for part in ([0], [1, 2, 3], [4], [5, 6, 7, 8, 9]):
        requests = [
            ConsumeAt(ats[number * 10 + n], ConsumeBody(code=code, receipt_id="R1", amount_minor=2000))
            for n in part
        ]
        results = await database.run(
            lambda tx, now, requests=requests: tills.consume(tx, requests, now), deadline_s=60
        )
        for result in results:
            if isinstance(result, Redemption):
                said.append("used")
            else:
                assert isinstance(result, AlreadyUsedAt), result
                assert result.details["store_name"] == "Nanjing Road"
                assert result.details["used_at_local"] != "—"
                said.append("refused")
    return said


async def test_one_code_at_fifty_tills(database: Database, database_url: str) -> None:
    async def build(tx: Tx, now: datetime) -> tuple[list[At], str, str]:
        shop, ats = await _desks(tx, now, 50)
        claim_id, _, code = await city.claimed(tx, now, shop)
        return ats, claim_id, code

    ats, claim_id, code = await database.run(build)
    said = [one for part in await together(database_url, PROCESSES, consume_at, ats, code) for one in part]
    assert sorted(said) == ["refused"] * 49 + ["used"]
    assert (
        await database.pool.fetchval(
            "SELECT count(*) FROM coupons.redemption WHERE claim_id = $1 AND status = 'effective'", claim_id
        )
        == 1
    )
    assert (
        await database.pool.fetchval("SELECT count(*) FROM tills.redemption WHERE claim_id = $1", claim_id)
        == 1
    )
    await tills_hold(database)


async def sell_same(database: Database, number: int, at: At, body: SaleBody) -> list[str]:
    """Send one sale ten times from this process."""
    sold = []
    for size in (1, 4, 1, 4):
        requests = [SellAt(at, body) for _ in range(size)]
        results = await database.run(
            lambda tx, now, requests=requests: tills.sell(tx, requests, now), deadline_s=60
        )
        for result in results:
            assert isinstance(result, TillSale), repr(
                result
            )  # a refusal itself does not travel between processes
            sold.append(f"{result.sale_id} {result.receipt_number} {result.order_id}")
    return sold


async def test_one_receipt_fifty_times_is_one_sale(database: Database, database_url: str) -> None:
    shop, (at,) = await database.run(lambda tx, now: _desks(tx, now, 1))
    body = SaleBody(
        lines=(BasketLine(sku_id=shop.sku_ids[0]),),
        receipt_id="R1",
        expected_total_minor=12_000,
        cash_tendered_minor=12_000,
    )
    sold = [one for part in await together(database_url, PROCESSES, sell_same, at, body) for one in part]
    assert len(sold) == 50
    assert len(set(sold)) == 1
    assert await database.pool.fetchval("SELECT count(*) FROM tills.sale WHERE till_id = $1", at.till_id) == 1
    assert (
        await database.pool.fetchval(
            "SELECT expected_cash_minor FROM tills.shift WHERE till_id = $1", at.till_id
        )
        == 12_000
    )
    await tills_hold(database)


async def sell_many(database: Database, number: int, ats: list[At], sku_id: str) -> int:
    """Sell at every till in wide batches, in this process's own order."""
    sold = 0
    order = ats if number % 2 else ats[::-1]
    for batch in range(4):
        requests = [
            SellAt(
                at,
                SaleBody(
                    lines=(BasketLine(sku_id=sku_id),),
                    receipt_id=f"P{number}-{batch}-{n}",
                    expected_total_minor=12_000,
                    cash_tendered_minor=12_000,
                ),
            )
            for n, at in enumerate(order)
        ]
        results: list[Any] = await database.run(
            lambda tx, now, requests=requests: tills.sell(tx, requests, now), deadline_s=60
        )
        refused = [result for result in results if isinstance(result, Refusal)]
        assert refused == []
        sold += len(results)
    return sold


async def test_wide_batches_number_every_receipt_once(database: Database, database_url: str) -> None:
    shop, ats = await database.run(lambda tx, now: _desks(tx, now, 12))
    sold = sum(await together(database_url, PROCESSES, sell_many, ats, shop.sku_ids[0]))
    assert sold == PROCESSES * 4 * 12
    numbers = await database.pool.fetch(
        "SELECT till_id, array_agg(receipt_number ORDER BY receipt_number) AS numbers FROM tills.sale"
        " WHERE till_id = ANY($1::text[]) GROUP BY till_id",
        [at.till_id for at in ats],
    )
    assert all(row["numbers"] == list(range(1, PROCESSES * 4 + 1)) for row in numbers)
    assert len(numbers) == 12
    await tills_hold(database)
