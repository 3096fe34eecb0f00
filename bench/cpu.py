"""Tell where the CPU went: microseconds a request in the load generator, the web workers and PostgreSQL.

Wall time on a shared machine says little; user and system time from /proc says what each part costs.
"""

import asyncio
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil

_TICK_US = 1_000_000 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Split:
    """Hold microseconds of CPU for each request; `wal_bytes` is what one request adds to the write-ahead log."""

    load: float
    web: float
    postgres: float
    wal_bytes: float = 0.0

    @property
    def whole(self) -> float:
        """Return what a request costs in all."""
        return self.load + self.web + self.postgres

    def __str__(self) -> str:
        return (
            f"CPU us a request: {self.whole:.0f} = load {self.load:.0f} + web {self.web:.0f}"
            f" + PostgreSQL {self.postgres:.0f}"
        )


class Meter:
    """Read the clocks of this process, of the web workers of `port` and of the server behind `url`."""

    def __init__(self, url: str, port: int) -> None:
        self._url = url
        self._web = [
            process
            for process in psutil.Process().children(recursive=True)
            if process.environ().get("FAIRDAY_PORT") == str(port)
        ]
        self._postmaster = psutil.Process(
            int(_fetch(url, "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int"))
        )
        self.start()

    def start(self) -> None:
        """Begin to measure here."""
        self._before = self._read()

    def split(self, requests: int) -> Split:
        """Return what each of `requests` cost since the start."""
        now = self._read()
        parts = [(after - before) / requests for before, after in zip(self._before, now, strict=True)]
        return Split(*parts)

    def _read(self) -> tuple[float, float, float, float]:
        servers = [self._postmaster, *self._postmaster.children(recursive=True)]
        wal = float(_fetch(self._url, "SELECT pg_current_wal_insert_lsn() - '0/0'"))
        return _cpu_us([os.getpid()]), _cpu_us(p.pid for p in self._web), _cpu_us(p.pid for p in servers), wal


def _cpu_us(pids: Iterable[int]) -> float:
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except FileNotFoundError:  # a backend of a connection that has ended, such as our own
            continue
        total += int(fields[11]) + int(fields[12])
    return total * _TICK_US


def _fetch(url: str, query: str) -> int:
    async def ask() -> int:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(query)  # type: ignore[no-any-return]  # a number by the query
        finally:
            await connection.close()

    return asyncio.run(ask())
