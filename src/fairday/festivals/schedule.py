"""Announce phase boundaries every second."""

from fairday.festivals import service
from fairday.kernel.tx import Database


async def announce_phases(database: Database) -> int:
    """Announce what passed since the last run."""
    async with database.transaction() as (tx, now):
        return await service.announce(tx, now)


JOBS = [("festivals.announce_phases", 1.0, announce_phases)]
