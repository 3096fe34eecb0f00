"""Wait for the log: readers stay behind the oldest open transaction, also behind one that no test opened."""

import asyncio

from fairday.kernel.tx import Database


async def until_readable(database: Database) -> None:
    """Return when every committed event can be read; PostgreSQL's own ANALYZE is a transaction that holds readers back."""
    async with asyncio.timeout(60):
        while not await database.pool.fetchval(
            "SELECT coalesce(max(xid::text::numeric) < pg_snapshot_xmin(pg_current_snapshot())::text::numeric, true)"
            " FROM kernel.outbox"
        ):
            await asyncio.sleep(0.02)
