"""Give each test clients that are closed at its end."""

from collections.abc import AsyncIterator

import pytest

from tests.client import Client
from tests.stock.people import Enter


@pytest.fixture
async def enter(server_url: str) -> AsyncIterator[Enter]:
    """Return a function that makes a client with a token, or a guest's without."""
    clients: list[Client] = []

    def enter(token: str | None = None) -> Client:
        clients.append(Client(server_url, token))
        return clients[-1]

    yield enter
    for client in clients:
        await client.close()
