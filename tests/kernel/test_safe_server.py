"""Fairday refuses a PostgreSQL that could lose an acknowledged sale, or that is too old. Source: I59."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from fairday.app import postgres
from fairday.kernel.tx import Database, assert_settings
from tests.conftest import free_port, make_database


@pytest.fixture
async def careless_url(postgres_url: str) -> AsyncIterator[str]:
    """Return a database that acknowledges commits before they are on disk."""
    name = f"fairday_careless_{os.getpid()}"
    url = await make_database(postgres_url, name)
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    yield url
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


async def test_commits_that_do_not_wait_for_the_disk_are_refused(careless_url: str) -> None:
    with pytest.raises(RuntimeError, match="synchronous_commit = off; set it to on"):
        await Database.connect(careless_url, size=1)


@pytest.mark.parametrize("command", ["serve", "worker"])
async def test_no_process_starts_on_it_and_each_says_why(careless_url: str, command: str) -> None:
    environment = os.environ | {
        "FAIRDAY_DATABASE_URL": careless_url,
        "FAIRDAY_PORT": str(free_port()),
        "FAIRDAY_WORKERS": "1",
    }
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "fairday", command],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "synchronous_commit = off; set it to on" in done.stdout + done.stderr


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
async def test_a_server_that_does_not_write_through_is_refused(
    setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(postgres.SETTINGS, setting, "off")
    with tempfile.TemporaryDirectory(prefix="fairday-careless-", ignore_cleanup_errors=True) as home:
        server = postgres.ensure_running(Path(home))
        try:
            with pytest.raises(RuntimeError, match=f"{setting} = off; set it to on"):
                await Database.connect(server.url, size=1)
        finally:
            server.stop()


class Old:
    """Answer as a PostgreSQL of another version would; there is none here to ask."""

    def __init__(self, version: int) -> None:
        self.version = version

    async def fetchval(self, query: str, *arguments: str) -> str:
        """Return the version, or that all is safe."""
        return "on" if arguments else str(self.version)


async def test_an_old_server_is_refused() -> None:
    with pytest.raises(RuntimeError, match="PostgreSQL 14 is too old; Fairday needs 15 or newer"):
        await assert_settings(Old(149_999))
    await assert_settings(Old(150_000))
