"""Tell the screen once a second that the worker which counts is alive, so that a quiet shop does not look broken."""

from fairday.kernel.tx import Database
from fairday.screen import service


async def beat(database: Database) -> int:
    """Note that the worker is alive; returns 0, for nothing was settled."""
    async with database.transaction() as (tx, _):
        await service.look(tx)
    return 0


JOBS = [("screen-heartbeat", 1.0, beat)]
