"""Give every test a real PostgreSQL: one server a run, one migrated database, a rolled-back transaction or a server.

`FAIRDAY_TEST_DATABASE_URL` uses another server (for example PostgreSQL 15); else the embedded one is started in a
temporary folder.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen

import asyncpg
import pytest

from fairday.app import postgres
from fairday.kernel.migrate import migrate
from fairday.kernel.tx import Database, Tx

_HOME = tempfile.TemporaryDirectory(prefix="fairday-home-", ignore_cleanup_errors=True)
os.environ.setdefault("FAIRDAY_HOME", _HOME.name)
"""Keys and heads of the audit chain that tests make do not belong into a person's own data folder."""


def named(url: str, database: str) -> str:
    """Return `url` with another database name."""
    head, _, tail = url.partition("?")
    return f"{head.rpartition('/')[0]}/{database}" + (f"?{tail}" if tail else "")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Return the URL of a PostgreSQL server that tests may fill."""
    given = os.environ.get("FAIRDAY_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with (
        tempfile.TemporaryDirectory(prefix="fairday-test-", ignore_cleanup_errors=True) as home,
        pytest.MonkeyPatch.context() as patch,
    ):
        # Several servers, which each of our people would run alone, share this one.
        patch.setitem(postgres.SETTINGS, "max_connections", "150")
        server = postgres.ensure_running(Path(home))
        patch.undo()
        try:
            yield server.url
        finally:
            server.stop()


async def make_database(server_url: str, name: str) -> str:
    """Create a fresh migrated database and return its URL."""
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    url = named(server_url, name)
    await migrate(url)
    return url


@pytest.fixture(scope="session")
async def database_url(postgres_url: str) -> str:
    """Return the URL of the run's migrated database; tests commit into it and use ids of their own."""
    return await make_database(postgres_url, f"fairday_test_{os.getpid()}")


@pytest.fixture(scope="session")
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return the pool on the run's database."""
    database = await Database.connect(database_url, size=6)
    yield database
    await database.close()


@pytest.fixture
async def tx(database: Database) -> AsyncIterator[Tx]:
    """Return a transaction that is rolled back after the test."""
    async with database.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        # A test may wait, for the next minute of a rate limit for example, longer than a server's transaction should.
        await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        try:
            yield connection
        finally:
            await transaction.rollback()


@pytest.fixture
async def now(tx: Tx) -> datetime:
    """Return the festival's now in the test's transaction."""
    return await tx.fetchval("SELECT clock_timestamp() + jump FROM kernel.clock")


def free_port() -> int:
    """Return a port that is free on loopback now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Run `fairday serve` (and the worker) as separate processes, as people do."""

    def __init__(
        self, database_url: str, *, workers: int = 1, with_worker: bool = False, **environment: str
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "FAIRDAY_DATABASE_URL": database_url,
            "FAIRDAY_PORT": str(self.port),
            "FAIRDAY_WORKERS": str(workers),
            "FAIRDAY_SANDBOX": "1",
            "FAIRDAY_LOG": "warning",
            **environment,
        }
        self.processes = [self._start("serve")]
        if with_worker:
            self.processes.append(self._start("worker"))
        self.wait_ready()

    def _start(self, command: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-m", "fairday", command], env=self.environment)

    def wait_ready(self, timeout_s: float = 30) -> None:
        """Wait until the server answers that it is ready."""
        ends = time.monotonic() + timeout_s
        while True:
            try:
                with urlopen(f"{self.url}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            assert time.monotonic() < ends, "the server did not become ready"
            assert all(process.poll() is None for process in self.processes), "a server process ended"
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop what was started, by its id."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="session")
async def server(database_url: str) -> AsyncIterator[Server]:
    """Return a running server with its worker on the run's database."""
    running = await asyncio.to_thread(Server, database_url, with_worker=True)
    yield running
    await asyncio.to_thread(running.stop)


@pytest.fixture(scope="session")
def server_url(server: Server) -> str:
    """Return the address of the running server."""
    return server.url


def data_folder() -> Path:
    """Return the folder of real data, or skip: `FAIRDAY_DATA`, else `../shared/data` beside the checkout."""
    for candidate in (
        os.environ.get("FAIRDAY_DATA"),
        Path(__file__).resolve().parents[2] / "shared" / "data",
    ):
        if candidate and Path(candidate).is_dir():
            return Path(candidate)
    if os.environ.get("CI"):
        pytest.fail("real data is missing in CI")
    pytest.skip("real data is not here: set FAIRDAY_DATA")
