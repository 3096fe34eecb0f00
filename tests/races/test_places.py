"""Places under contention: four processes import the same file; each store is made once and the counts are exact."""

from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database
from fairday.places import service
from tests.races.together import together

PROCESSES = 4
STORES = 5000


async def bring_in(database: Database, number: int, merchant_id: str) -> tuple[int, int, int]:
    """Import a file of the same stores, from another end in every second process."""
    rows = [f"K{place},店 {place},CN-SH,{20 + place / 1000:.3f},121.4" for place in range(STORES)]
    if number % 2:
        rows.reverse()
    body = "\n".join(["external_id,name,region,latitude,longitude", *rows]).encode()
    report = await service.import_places(database, merchant_id, body)
    return report.created_count, report.updated_count, report.unchanged_count


async def test_a_file_that_comes_four_times_at_once_makes_each_store_once(
    database: Database, database_url: str
) -> None:
    merchant_id = new_id("mer")
    answers = await together(database_url, PROCESSES, bring_in, merchant_id)
    assert [sum(column) for column in zip(*answers, strict=True)] == [STORES, 0, (PROCESSES - 1) * STORES]
    count = await database.pool.fetchval(
        "SELECT count(DISTINCT external_id) FROM places.store WHERE merchant_id = $1", merchant_id
    )
    assert count == STORES
    await database.pool.execute("DELETE FROM places.store WHERE merchant_id = $1", merchant_id)
