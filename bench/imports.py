"""Import the 808,159 rows of the shared catalogue through the same verb as the API and the command line."""

import asyncio
import gzip
import os
import resource
import time
from pathlib import Path

from bench import stage
from bench.results import Row
from fairday.catalog import service as catalog
from fairday.catalog.types import ImportFormat
from fairday.identity import service as identity
from fairday.identity.types import MerchantDraft
from fairday.kernel.tx import Database

LIMIT_S = 180.0


def measure() -> list[Row]:
    """Measure one import of everything into an empty catalogue."""
    folder = Path(os.environ.get("FAIRDAY_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
    body = gzip.decompress((folder / "catalogue" / "open_food_facts.csv.gz").read_bytes())
    with stage.database() as url:
        return [asyncio.run(_import(url, body))]


async def _import(url: str, body: bytes) -> Row:
    database = await Database.connect(url, size=3, statement_timeout_s=120)
    try:
        async with database.transaction() as (tx, now):
            merchant = await identity.create_merchant(tx, MerchantDraft(name="Open catalogue"), now)
        started = time.perf_counter()
        report = await catalog.import_products(database, merchant.merchant_id, ImportFormat.CSV, body)
        seconds = time.perf_counter() - started
    finally:
        await database.close()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note = f"{report.created_count} created, {report.error_count} refused, peak {peak_mb:.0f} MB"
    return Row("import_products", round(seconds, 1), "s", "asked for", LIMIT_S, note)
