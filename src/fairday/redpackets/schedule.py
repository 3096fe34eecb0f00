"""Send the rest of packets past their time back, in batches until nothing is left."""

from fairday.kernel.tx import Database
from fairday.redpackets import ending

_ROUNDS_MAX = 100


async def expire(database: Database) -> int:
    """End packets past their time; return how many."""
    ended = 0
    for _ in range(_ROUNDS_MAX):
        async with database.transaction() as (tx, now):
            count = await ending.expire(tx, now)
        ended += count
        if count < ending.BATCH:
            break
    return ended


JOBS = [("redpackets.expire", 2.0, expire)]
