"""Wait for the log: readers stay behind the oldest open transaction, also behind one that no test opened."""

import asyncio

from fairday.kernel.tx import Database

READABLE = """
SELECT coalesce(max(xid::text::numeric) < pg_snapshot_xmin(pg_current_snapshot())::text::numeric, true)
FROM kernel.outbox"""


async def until_readable(database: Database) -> None:
    """Return when every committed event can be read; PostgreSQL's own ANALYZE is a transaction that holds readers back."""
    for _ in range(3000):
        if await database.pool.fetchval(READABLE):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("a transaction is open for a minute and holds every reader of the log back")
