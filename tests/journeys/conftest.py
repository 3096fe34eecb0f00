"""Give journeys a city at the run's server, or one whose clock they may jump and whose totals are theirs alone."""

import asyncio
import os
from collections.abc import AsyncIterator

import pytest

from fairday.kernel.tx import Database
from tests.conftest import Server, make_database
from tests.journeys.people import City


@pytest.fixture
async def city(server_url: str, database: Database) -> AsyncIterator[City]:
    """Return a city on the run's server, shared with all other tests: make everything anew in it."""
    city = City(server_url, database)
    yield city
    await city.close()


class Own:
    """Hold a server with a database of its own."""

    def __init__(self, server: Server, database: Database) -> None:
        self.server, self.database = server, database


async def start(postgres_url: str, name: str, *, with_worker: bool) -> Own:
    """Start a server, with its worker if wanted, on a fresh database."""
    url = await make_database(postgres_url, f"fairday_{name}_{os.getpid()}")
    server = await asyncio.to_thread(Server, url, with_worker=with_worker)
    return Own(server, await Database.connect(url, size=2))


async def stop(own: Own) -> None:
    """Stop the server."""
    await own.database.close()
    await asyncio.to_thread(own.server.stop)


@pytest.fixture(scope="session")
async def clock_server(postgres_url: str) -> AsyncIterator[Own]:
    """Return a server whose festival clock may be jumped."""
    own = await start(postgres_url, "clock", with_worker=False)
    yield own
    await stop(own)


@pytest.fixture
async def clock_city(clock_server: Own) -> AsyncIterator[City]:
    """Return a city whose festival clock may be jumped; each test jumps to its own time first."""
    city = City(clock_server.server.url, clock_server.database)
    yield city
    await city.close()
