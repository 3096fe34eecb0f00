"""Forget old imports."""

from datetime import datetime, timedelta

from fairday.kernel import import_runs
from fairday.kernel.tx import Database, Tx

KEPT = timedelta(days=365)
BATCH = 200


async def forget(database: Database) -> int:
    """Delete runs past their time; return how many."""

    async def some(tx: Tx, now: datetime) -> int:
        return await import_runs.forget(tx, now - KEPT, BATCH)

    return await database.run(some)


JOBS = [("imports.forget", 3600.0, forget)]
