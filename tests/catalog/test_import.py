"""Imports: good rows are kept, the same file again changes nothing, the typo guard holds."""

from collections.abc import AsyncIterator

import pytest

from fairday.catalog import service
from fairday.catalog.importing import import_products
from fairday.catalog.types import ImportFormat
from fairday.kernel.csv_rows import ImportReport
from fairday.kernel.tx import Database
from tests.catalog.builders import merchant

HEAD = "external_id,name,price,gtin,product_external_id,option1_value,confirm_price\n"


async def run(
    database: Database, merchant_id: str, *rows: str, dry_run: bool = False, chunk: int = 1000
) -> ImportReport:
    body = (HEAD + "\n".join(rows) + "\n").encode()
    return await import_products(database, merchant_id, ImportFormat.CSV, body, dry_run=dry_run, chunk=chunk)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.created_count, report.updated_count, report.unchanged_count, report.error_count


@pytest.fixture
async def shop() -> AsyncIterator[str]:
    return merchant()


async def skus(database: Database, merchant_id: str, *external_ids: str) -> dict[str, service.Sku]:
    async with database.transaction() as (tx, _):
        return await service.skus_by_external_id(tx, merchant_id, external_ids)


async def test_the_same_file_again_changes_nothing(database: Database, shop: str) -> None:
    rows = ["A,手机壳,39.00,6901234567892,P,红,", "B,,39.00,,P,蓝,", "C,Choc bar,1.50,,,,"]
    assert counts(await run(database, shop, *rows)) == (3, 0, 0, 0)
    first = await skus(database, shop, "A", "B", "C")
    assert counts(await run(database, shop, *rows)) == (0, 0, 3, 0)
    assert counts(await run(database, shop, *rows, chunk=1)) == (0, 0, 3, 0)
    assert await skus(database, shop, "A", "B", "C") == first
    assert first["A"].product_id == first["B"].product_id != first["C"].product_id
    assert first["B"].name == "手机壳 蓝"


async def test_changes_are_told_apart_from_what_stays(database: Database, shop: str) -> None:
    await run(database, shop, "A,Lamp,10.00,,,,", "B,Mug,10.00,,,,", "C,Cup,10.00,,,,")
    report = await run(
        database, shop, "A,Lamp,12.00,,,,", "B,Big mug,10.00,,,,", "C,Cup,10.00,,,,", "D,Pot,5.00,,,,"
    )
    assert counts(report) == (1, 2, 1, 0)
    found = await skus(database, shop, "A", "B")
    assert found["A"].price_minor == 1200
    assert found["B"].name == "Big mug"
    async with database.transaction() as (tx, _):
        ((_, change),) = await service.price_history(tx, found["A"].sku_id, before_id=None, limit=5)
    assert (change.price_minor_before, change.price_minor_after) == (1000, 1200)
    events = await database.pool.fetch(
        "SELECT type FROM kernel.event WHERE merchant_id = $1 ORDER BY id", shop
    )
    assert [row["type"] for row in events] == [
        "catalog.ProductsImported",
        "catalog.PriceChanged",
        "catalog.ProductsImported",
    ]


async def test_a_price_typo_waits_for_a_confirmation(database: Database, shop: str) -> None:
    await run(database, shop, "A,Lamp,10.00,,,,", "B,Mug,10.00,,,,")
    report = await run(database, shop, "A,Lamp,1.99,,,,", "B,Mug,2.00,,,,")
    assert counts(report) == (0, 1, 0, 1)
    assert [(error.line, error.column, error.code) for error in report.errors] == [
        (2, "price", "price_far_below")
    ]
    assert counts(await run(database, shop, "A,Lamp,1.99,,,,true")) == (0, 1, 0, 0)


async def test_repeated_ids_and_gtins_keep_the_first_row(database: Database, shop: str) -> None:
    rows = [
        "A,Lamp,10.00,012345678905,,,",
        "A,Lamp 2,11.00,,,,",
        "B,Mug,10.00,0012345678905,,,",
        "C,Cup,1.00,,,,",
    ]
    for dry_run, chunk in ((True, 1000), (True, 1), (False, 1)):
        report = await run(database, shop, *rows, dry_run=dry_run, chunk=chunk)
        assert counts(report) == (2, 0, 0, 2)
        assert sorted((error.line, error.code) for error in report.errors) == [
            (3, "repeated"),
            (4, "gtin_taken"),
        ]
    assert counts(await run(database, shop, *rows)) == (0, 0, 2, 2)


async def test_a_dry_run_writes_nothing(database: Database, shop: str) -> None:
    report = await run(database, shop, "A,Lamp,10.00,,P,红,", "B,,10.00,,P,蓝,", dry_run=True, chunk=1)
    assert counts(report) == (2, 0, 0, 0)
    assert report.is_dry_run
    assert await skus(database, shop, "A", "B") == {}


async def test_a_product_that_comes_back_later_in_the_file_keeps_its_first_row(
    database: Database, shop: str
) -> None:
    rows = ["A,Lamp,10.00,,P,红,", "X,Mug,10.00,,,,", "B,Other name,10.00,,P,蓝,"]
    for chunk in (1, 1000):
        await run(database, shop, *rows, chunk=chunk)
        assert (await skus(database, shop, "B"))["B"].name == "Lamp 蓝"
    assert counts(await run(database, shop, *rows)) == (0, 0, 3, 0)


async def test_a_bad_row_does_not_make_its_product(database: Database, shop: str) -> None:
    report = await run(database, shop, "A,Lamp,free,,P,,", "B,,10.00,,P,蓝,", "C,Lamp,10.00,,P,绿,")
    assert counts(report) == (1, 0, 0, 2)
    assert [(error.line, error.column) for error in report.errors] == [(2, "price"), (3, "name")]


async def test_merchants_do_not_meet(database: Database, shop: str) -> None:
    other = merchant()
    await run(database, shop, "A,Lamp,10.00,6901234567892,,,")
    assert counts(await run(database, other, "A,Lamp,20.00,6901234567892,,,")) == (1, 0, 0, 0)
    assert (await skus(database, shop, "A"))["A"].price_minor == 1000


async def test_progress_counts_rows(database: Database, shop: str) -> None:
    heard: list[int] = []
    body = (HEAD + "".join(f"A{n},Lamp,10.00,,,,\n" for n in range(25)) + "bad\n").encode()
    await import_products(database, shop, ImportFormat.CSV, body, progress=heard.append, chunk=10)
    assert heard == [10, 20, 26]


async def test_a_feed_that_breaks_off_keeps_what_came_before(database: Database, shop: str) -> None:
    item = "<item><id>A{n}</id><title>Lamp</title><price>1.00 CNY</price></item>"
    body = "<rss>" + "".join(item.format(n=n) for n in range(3000)) + "<item><oops></item>"
    report = await import_products(database, shop, ImportFormat.GOOGLE, body.encode())
    assert report.created_count >= 1000
    assert report.error_count == 1
    assert report.errors[-1].code == "bad_feed"


async def test_tags_on_several_lines_stay_as_they_are(database: Database, shop: str) -> None:
    body = b'external_id,name,price,tags\nA,Lamp,1.00,"warm\nwhite, led"\n'
    for expected in ((1, 0, 0, 0), (0, 0, 1, 0)):
        assert counts(await import_products(database, shop, ImportFormat.CSV, body)) == expected
