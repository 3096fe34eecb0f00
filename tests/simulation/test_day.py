"""Play a day on the demo city and hold every invariant afterwards; in the long form 20,000 acts. Source: S47."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fairday.app.demo.seed import seed
from tests.conftest import Server, make_database
from tests.simulation.test_crowd import simulate


@pytest.fixture
async def day(postgres_url: str, tmp_path: Path) -> AsyncIterator[Server]:
    """Return a server of two web workers with the demo city, on a database of its own."""
    url = await make_database(postgres_url, f"fairday_day_{os.getpid()}")
    await seed(url, tmp_path)
    server = await asyncio.to_thread(Server, url, workers=2, with_worker=True, FAIRDAY_HOME=str(tmp_path))
    yield server
    await asyncio.to_thread(server.stop)


async def play(server: Server, acts: int, rate: int) -> None:
    """Let the crowd play `acts` acts, then check apart from it, as an operator would."""
    playing = simulate(
        server, "--actions", str(acts), "--rate", str(rate), "--members", "300", "--clerks", "6", "--seed", "11", "--no-check"
    )  # fmt: skip
    out, _ = await asyncio.to_thread(playing.communicate, timeout=acts / rate * 4 + 120)
    assert playing.returncode == 0, out
    assert "Unexpected" not in out
    assert re.search(rf"\b{acts:,} acts|\b{acts} acts", out), out
    checked = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "fairday", "check"],
        env=server.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr


async def test_every_invariant_holds_after_a_busy_hour(day: Server) -> None:
    await play(day, 1_500, 60)


@pytest.mark.prove
@pytest.mark.timeout(1800)
async def test_every_invariant_holds_after_a_day_of_twenty_thousand_acts(day: Server) -> None:
    await play(day, 20_000, 100)
