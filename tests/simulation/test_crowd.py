"""Let the crowd play on the demo city through `fairday simulate`, from another process, then hold every invariant."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fairday.app.demo.seed import seed
from tests.conftest import Server, make_database


@pytest.fixture(scope="module")
async def city(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Server, Path]]:
    """Return a server with the demo city on a database of its own."""
    home = tmp_path_factory.mktemp("home")
    url = await make_database(postgres_url, f"fairday_crowd_{os.getpid()}")
    await seed(url, home)
    server = await asyncio.to_thread(Server, url, with_worker=True, FAIRDAY_HOME=str(home))
    yield server, home
    await asyncio.to_thread(server.stop)


def simulate(server: Server, *options: str) -> "subprocess.Popen[str]":
    """Start the crowd."""
    return subprocess.Popen(
        [sys.executable, "-m", "fairday", "simulate", "--url", server.url, *options],
        env=server.environment | {"COLUMNS": "160"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


async def test_the_crowd_plays_and_everything_holds(city: tuple[Server, Path]) -> None:
    server, _ = city
    playing = simulate(server, "--actions", "300", "--rate", "60", "--members", "60", "--clerks", "4")
    out, _ = await asyncio.to_thread(playing.communicate, timeout=120)
    assert playing.returncode == 0, out
    assert "Unexpected" not in out
    assert "300 acts" in out
    assert "invariants hold" in out
    for asked in (
        "sell",
        "consume",
        "order",
        "claim",
        "cancel",
        "import stock",
        "stores near",
        "search",
        "send packet",
        "open packet",
    ):
        assert f"\n{asked} " in out, f"nobody asked for {asked}\n{out}"


async def test_a_gentle_crowd_plays_until_it_is_told_to_stop(city: tuple[Server, Path]) -> None:
    """Play again on the same city: tills and staff are there already."""
    server, _ = city
    playing = simulate(server, "--gentle", "--forever")
    assert playing.stdout is not None
    first = await asyncio.wait_for(asyncio.to_thread(playing.stdout.readline), 60)
    assert "60 members, 4 clerks" in first
    await asyncio.sleep(3)
    assert playing.poll() is None
    playing.send_signal(signal.SIGINT)
    out, _ = await asyncio.to_thread(playing.communicate, timeout=30)
    assert playing.returncode == 0, out
    assert "acts/s" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--login", "nobody", "--password", "nothing at all"), "cannot sign in: wrong_secret"),
        (("--login", "operator"), "cannot sign in"),
    ],
)
async def test_a_crowd_that_cannot_play_says_why(
    city: tuple[Server, Path], options: tuple[str, ...], said: str
) -> None:
    playing = simulate(city[0], *options)
    out, _ = await asyncio.to_thread(playing.communicate, timeout=30)
    assert playing.returncode == 1
    assert said in out
    assert "Traceback" not in out


async def test_without_an_address_the_crowd_goes_to_the_port_of_this_machine(
    city: tuple[Server, Path],
) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "fairday", "simulate", "--login", "nobody", "--password", "nothing at all"],
        env=city[0].environment | {"COLUMNS": "160"}, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert "The operator nobody cannot sign in: wrong_secret" in done.stdout + done.stderr
