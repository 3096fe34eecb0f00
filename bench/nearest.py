"""Find the nearest 20 among 600,000 places, spread as cities are."""

import asyncio
import random
import time
from collections.abc import Iterator

from bench import stage
from bench.results import Row
from fairday.app.demo.story import CITIES
from fairday.identity import service as identity
from fairday.identity.types import MerchantDraft
from fairday.kernel.tx import Database, Tx
from fairday.places import service as places
from fairday.places.rules import cell_of
from fairday.places.types import StoreDraft

PLACES, SEARCHES = 600_000, 2_000
LIMIT_MS = 20.0


def measure() -> list[Row]:
    """Measure searches from random points near and far from cities."""
    with stage.database() as url:
        return [asyncio.run(_search(url))]


async def _search(url: str) -> Row:
    database = await Database.connect(url, size=2, statement_timeout_s=300)
    rng = random.Random(3)
    try:
        async with database.transaction() as (tx, now):
            merchant = await identity.create_merchant(tx, MerchantDraft(name="Everywhere"), now)
            draft = StoreDraft(
                external_id="first", name="First", region_id="CN-SH", latitude=31.2, longitude=121.5
            )
            first = await places.create_store(tx, merchant.merchant_id, draft, now)
            await _fill(tx, first.store_id, rng)
        async with database.pool.acquire() as connection:
            await connection.execute("VACUUM ANALYZE places.store", timeout=300)
        times = []
        for point in _points(rng, SEARCHES):
            async with database.transaction(read_only=True) as (tx, now):
                started = time.perf_counter()
                found = await places.nearest(tx, *point, limit=20, radius_m=200_000, now=now)
                times.append(time.perf_counter() - started)
                assert len(found) == 20 or point[1] < 95
    finally:
        await database.close()
    times.sort()
    p99_ms = 1000 * times[int(0.99 * len(times))]
    note = f"p50 {1000 * times[len(times) // 2]:.2f} ms over {PLACES} places"
    return Row("nearest_p99", round(p99_ms, 2), "ms", "asked for", LIMIT_MS, note)


async def _fill(tx: Tx, like: str, rng: random.Random) -> None:
    """Copy the first store to generated points; all its other columns stay as the room made them."""
    rows = [
        (f"sto_bench{n:07d}", f"{n}", *point, cell_of(*point)) for n, point in enumerate(_points(rng, PLACES))
    ]
    await tx.execute(
        "CREATE TEMP TABLE point (store_id text, external_id text, lat float8, lng float8, cell bigint) ON COMMIT DROP"
    )
    await tx.copy_records_to_table("point", records=rows, timeout=120)
    columns = [
        row["column_name"]
        for row in await tx.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'places' AND table_name = 'store' ORDER BY ordinal_position"
        )
    ]
    other = {
        "store_id": "p.store_id",
        "external_id": "p.external_id",
        "latitude": "p.lat",
        "longitude": "p.lng",
        "h3_cell": "p.cell",
    }
    chosen = ", ".join(other.get(name, f"s.{name}") for name in columns)
    await tx.execute(
        f"INSERT INTO places.store SELECT {chosen} FROM point p, places.store s WHERE s.store_id = $1",
        like,
        timeout=300,
    )


def _points(rng: random.Random, count: int) -> Iterator[tuple[float, float]]:
    for n in range(count):
        city = CITIES[int(len(CITIES) * rng.random() ** 2)]
        spread = 0.08 if n % 10 else 1.2
        yield city.latitude + rng.gauss(0, spread), city.longitude + rng.gauss(0, spread)
