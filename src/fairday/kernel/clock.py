"""Follow the festival clock: the database's clock plus the sandbox's jump, so that all processes agree.

Inside a transaction `now` comes with it. Reads without a transaction use `Clock.now()`, which is re-read from the
database every second and at once after a jump in this process.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from fairday.kernel.tx import NOW, Database, Tx

_SET_JUMP = "UPDATE kernel.clock SET jump = $1 - clock_timestamp() RETURNING clock_timestamp() + jump"


class Clock:
    """Estimate the festival's now from the monotonic clock and the last reading."""

    def __init__(self) -> None:
        self._read_at = time.monotonic()
        self._base = datetime.now(UTC)

    def now(self) -> datetime:
        """Return the festival's now; never more than a jump behind the database for over a second."""
        return self._base + timedelta(seconds=time.monotonic() - self._read_at)

    def set(self, now: datetime) -> None:
        """Take a reading of the database."""
        self._base, self._read_at = now, time.monotonic()

    async def follow(self, database: Database) -> None:
        """Re-read the clock every second until cancelled; keep the last estimate while the database is away."""
        while True:
            try:
                async with database.pool.acquire(timeout=2) as connection:
                    self.set(await connection.fetchval(NOW, timeout=2))
            except Exception:
                await asyncio.sleep(0.2)
            await asyncio.sleep(1)


async def jump(tx: Tx, to: datetime) -> datetime:
    """Set the festival clock to `to` (sandbox only: the caller checks) and return the new now."""
    now: datetime = await tx.fetchval(_SET_JUMP, to)
    return now
