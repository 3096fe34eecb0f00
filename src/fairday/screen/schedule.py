"""Tell the screen once a second that its worker is alive, so that a quiet shop does not look broken; keep frames to replay."""

from fairday.kernel.tx import Database
from fairday.screen import service, wall


async def beat(database: Database) -> int:
    """Note that the worker is alive; returns 0, for nothing was settled."""
    async with database.transaction() as (tx, _):
        await service.look(tx)
    return 0


async def keep_frame(database: Database) -> int:
    """Keep the totals as a frame to replay; return 1 when something had moved."""
    async with database.transaction() as (tx, now):
        return int(await wall.keep_frame(tx, await service.totals(tx, now)))


async def sweep(database: Database) -> int:
    """Forget what no wall shows any more; returns 0."""
    async with database.transaction() as (tx, now):
        await wall.sweep(tx, now)
    return 0


JOBS = [
    ("screen-heartbeat", 1.0, beat),
    ("screen-frame", 10.0, keep_frame),
    ("screen-sweep", 60.0, sweep),
]
