"""End leases whose grace period is over."""

from datetime import datetime

from fairday.kernel.tx import Database, Tx
from fairday.offline import leases


async def expire(database: Database) -> int:
    """Free what ended leases did not use; returns how many leases ended."""

    async def work(tx: Tx, now: datetime) -> int:
        return await leases.expire(tx, now)

    return await database.run(work)


JOBS = [("offline.expire", 30.0, expire)]
