"""Hand places that were not paid to the next in line, and close sales that are over."""

from fairday.flashsales import running
from fairday.kernel.tx import Database

ROUNDS_MAX = 50


async def lapse(database: Database) -> int:
    """End holds past their time; return how many."""
    count = 0
    for _ in range(ROUNDS_MAX):
        ended = await database.run(running.lapse)
        count += ended
        if ended == 0:
            break
    return count


async def close_ended(database: Database) -> int:
    """Close sales that are over; return how many."""
    return await database.run(running.close_ended)


JOBS = [("flashsales.lapse", 1.0, lapse), ("flashsales.close_ended", 5.0, close_ended)]
