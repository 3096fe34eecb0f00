"""Sweep what tills leave behind: old setup codes, counts of tries, shown claims, used pay codes."""

from datetime import datetime

from fairday.kernel.tx import Database, Tx
from fairday.tills import store


async def sweep(database: Database) -> int:
    """Delete what is older than it is needed; returns 0."""

    async def work(tx: Tx, now: datetime) -> None:
        await store.sweep(tx)

    await database.run(work)
    return 0


JOBS = [("tills.sweep", 600.0, sweep)]
