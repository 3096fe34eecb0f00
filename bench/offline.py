"""Measure how fast the logs of tills that were without network are settled: scans a second, in one process.

A scan is a code that was taken offline: its signature, its record's place in the chain, its claim, its money and, for one
in five, a conflict with its posting. The limit is PostgreSQL's COPY of the same rows (record and use) into empty twins of
their tables, in transactions of the same size, measured in the same run.
"""

import asyncio
import random
import time

import uvloop
from tests.simulation import offline_storm
from tests.simulation.offline_storm import Storm

from bench import stage
from bench.results import Row
from fairday.kernel.tx import Database

TILLS, SCANS, BATCH = 40, 20_000, 400


def measure() -> list[Row]:
    """Measure on a database of its own."""
    with stage.database() as url:
        settled, copied = uvloop.run(_run(url))
    return [
        Row(
            "offline_sync_scans_s",
            round(settled),
            "scans/s",
            "copy of the same rows",
            round(copied),
            f"{TILLS} tills, {SCANS} scans",
        )
    ]


async def _run(
    database_url: str, *, scans: int = SCANS, in_flight: int = 2, seed: int = 11
) -> tuple[float, float]:
    """Return scans a second, settled and copied; every scan is settled, and each claim once."""
    database = await Database.connect(database_url, size=in_flight + 1, statement_timeout_s=60)
    try:
        storm = await offline_storm.build(database, tills_count=TILLS, scans=scans, seed=seed)
        settled = scans + storm.flagged
        batches = [
            (till, till.log[start : start + BATCH])
            for start in range(0, max(len(till.log) for till in storm.tills), BATCH)
            for till in random.Random(seed).sample(storm.tills, len(storm.tills))
            if start < len(till.log)
        ]
        queue = iter(batches)

        async def lane() -> None:
            for till, records in queue:
                answer = await offline_storm.upload(database, till, records)
                assert answer.waiting_count == 0, "a till's parts were sent out of order"

        started = time.perf_counter()
        # One lane a till in turn: a part is sent only when the one before it stands.
        await asyncio.gather(*(lane() for _ in range(in_flight)))
        seconds = time.perf_counter() - started
        found = await offline_storm.fingerprint(database)
        assert (found["effective"], found["conflict"]) == (len(storm.claims), storm.conflicts)
        return settled / seconds, await _copy(database, storm, in_flight)
    finally:
        await database.close()


async def _copy(database: Database, storm: Storm, in_flight: int) -> float:
    """Return scans a second of copying the same records and uses in, each batch with its commit."""
    await database.pool.execute(
        "DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench;"
        "CREATE TABLE bench.record (LIKE offline.record INCLUDING INDEXES);"
        "CREATE TABLE bench.use (LIKE offline.use INCLUDING INDEXES)"
    )
    records = [
        tuple(row)
        for row in await database.pool.fetch("SELECT * FROM offline.record ORDER BY device_id, seq")
    ]
    uses = [
        tuple(row) for row in await database.pool.fetch("SELECT * FROM offline.use ORDER BY device_id, seq")
    ]
    of_record: dict[tuple[str, int], list[tuple[object, ...]]] = {}
    for use in uses:
        of_record.setdefault((use[0], use[1]), []).append(use)
    batches = [records[start : start + BATCH] for start in range(0, len(records), BATCH)]

    async def lane() -> None:
        while batches:
            batch = batches.pop()
            async with database.transaction() as (tx, _):
                await tx.copy_records_to_table("record", schema_name="bench", records=batch)
                await tx.copy_records_to_table(
                    "use",
                    schema_name="bench",
                    records=[use for row in batch for use in of_record.get((row[0], row[1]), ())],
                )

    started: float = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(in_flight)))
    seconds = time.perf_counter() - started
    await database.pool.execute("DROP SCHEMA bench CASCADE")
    return len(uses) / seconds
