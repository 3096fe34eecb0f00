"""Warn of coupons that end soon, and forget old messages, in batches until nothing is left."""

from datetime import datetime

from fairday.inbox import service
from fairday.kernel.tx import Database

_ROUNDS_MAX = 100


async def warn(database: Database) -> int:
    """Tell of claims that end within a day; return how many batches there were."""
    after: tuple[datetime, str] | None = None
    for done in range(_ROUNDS_MAX):
        async with database.transaction() as (tx, now):
            after = await service.warn(tx, after, now)
        if after is None:
            return done
    return _ROUNDS_MAX


async def sweep(database: Database) -> int:
    """Delete messages past their time; return how many."""
    deleted = 0
    for _ in range(_ROUNDS_MAX):
        async with database.transaction() as (tx, now):
            count = await service.sweep(tx, now)
        deleted += count
        if count < service.BATCH:
            break
    return deleted


JOBS = [("inbox.warn", 60.0, warn), ("inbox.sweep", 600.0, sweep)]
