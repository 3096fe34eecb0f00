"""Keep the newest totals of this process in memory: one reader asks the database, every client reads from here.

Guarantee: however many clients watch, at most one query of the totals runs a second and process. A slow client holds one
message, the newest: what it missed is skipped, so it costs no memory.
"""

import asyncio
import time

import msgspec
import structlog

from fairday.kernel.errors import Busy
from fairday.kernel.tx import Database
from fairday.screen import service
from fairday.screen.types import ScreenTotals

log = structlog.get_logger(__name__)
EVERY_S = 1.0
CLIENTS_MAX = 500
_READ_S = 4.0


class Board:
    """Hold the newest totals, refreshed every second while somebody watches and on demand otherwise."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reading = asyncio.Lock()
        self._watched = asyncio.Event()
        self._news = asyncio.Event()
        self._totals: ScreenTotals | None = None
        self._body = b""
        self._read_at = 0.0
        self._clients = 0

    async def body(self) -> bytes:
        """Return the totals as JSON, at most a second old. Raises: Busy when they were never read and cannot be."""
        if time.monotonic() - self._read_at > EVERY_S:
            await self._refresh()
        if self._totals is None:
            raise Busy(retry_after_s=2)
        return self._body

    async def _refresh(self) -> None:
        """Read the totals once for all who wait; when that fails, say of the last ones that they are stale."""
        async with self._reading:
            if time.monotonic() - self._read_at <= EVERY_S / 2:
                return
            try:
                async with asyncio.timeout(_READ_S):
                    async with self._database.transaction(read_only=True) as (tx, now):
                        self._totals = await service.totals(tx, now)
            except Exception as error:
                log.warning("the screen's totals cannot be read", error=repr(error))
                if self._totals is not None:
                    self._totals = msgspec.structs.replace(self._totals, stale=True)
            if self._totals is not None:
                self._body = msgspec.json.encode(self._totals)
            self._read_at = time.monotonic()

    async def run(self) -> None:
        """Refresh every second while clients watch; until cancelled."""
        while True:
            await self._watched.wait()
            started = time.monotonic()
            await self._refresh()
            self._news.set()
            self._news = asyncio.Event()
            await asyncio.sleep(max(0.05, EVERY_S - (time.monotonic() - started)))

    def join(self) -> None:
        """Take a client. Raises: Busy when this process has as many as it may."""
        if self._clients >= CLIENTS_MAX:
            raise Busy(retry_after_s=10)
        self._clients += 1
        self._watched.set()

    def leave(self) -> None:
        """Let a client go; without any the reader rests."""
        self._clients -= 1
        if self._clients == 0:
            self._watched.clear()

    async def news(self) -> bytes:
        """Wait for the next refresh and return the totals as JSON."""
        await self._news.wait()
        return self._body
