"""The catalogue under contention: the same file from four processes makes each thing once; prices are changed in turn."""

from typing import Any

from fairday.catalog import service
from fairday.catalog.importing import import_products
from fairday.catalog.invariants import INVARIANTS
from fairday.catalog.types import ImportFormat, SkuPatch
from fairday.kernel.tx import Database
from tests.catalog.builders import made, merchant, sku_draft
from tests.races.together import together

PROCESSES = 4
ROWS = 600


async def send_file(database: Database, number: int, merchant_id: str) -> tuple[int, int, int, int]:
    rows = [f"S{n},台灯 {n},{10 + n % 90}.00,P{n // 3}\n" for n in range(ROWS)]
    body = ("external_id,name,price,product_external_id\n" + "".join(rows)).encode()
    report = await import_products(database, merchant_id, ImportFormat.CSV, body, chunk=50)
    return report.created_count, report.updated_count, report.unchanged_count, report.error_count


async def test_the_same_file_at_once_makes_each_sku_once(database: Database, database_url: str) -> None:
    shop = merchant()
    reports = await together(database_url, PROCESSES, send_file, shop)
    assert sum(report[0] for report in reports) == ROWS
    assert all(sum(report) == ROWS and report[1] == report[3] == 0 for report in reports)
    assert (
        await database.pool.fetchval("SELECT count(*) FROM catalog.sku WHERE merchant_id = $1", shop) == ROWS
    )
    assert (
        await database.pool.fetchval("SELECT count(*) FROM catalog.product WHERE merchant_id = $1", shop)
        == ROWS // 3
    )
    await catalogue_holds(database)


async def change_prices(database: Database, number: int, sku_id: str) -> int:
    for step in range(20):
        patch = SkuPatch(price_minor=5_000 + number * 100 + step)
        await database.run(
            lambda tx, now, patch=patch: service.update_sku(tx, sku_id, patch, now), deadline_s=60
        )
    return 20


async def test_the_history_is_a_chain(database: Database, database_url: str) -> None:
    async def make(tx: Any, now: Any) -> str:
        _, (sku,) = await made(tx, now, merchant(), sku_draft(price_minor=10_000))
        return sku.sku_id

    sku_id = await database.run(make)
    await together(database_url, PROCESSES, change_prices, sku_id)
    rows = await database.pool.fetch(
        "SELECT price_minor_before, price_minor_after FROM catalog.price_change WHERE sku_id = $1 ORDER BY change_id",
        sku_id,
    )
    # Each change begins where the one before it ended, and the last is the price that stands.
    befores = [row["price_minor_before"] for row in rows]
    afters = [row["price_minor_after"] for row in rows]
    last = await database.pool.fetchval("SELECT price_minor FROM catalog.sku WHERE sku_id = $1", sku_id)
    assert [10_000, *afters] == [*befores, last]
    assert len(rows) == PROCESSES * 20
    await catalogue_holds(database)


async def catalogue_holds(database: Database) -> None:
    for invariant in INVARIANTS:
        assert await database.pool.fetch(invariant.query) == [], invariant.promise
