"""A request that the database has no time for is refused as busy, whatever kind its route is; a fault of ours is a fault."""

import json
from collections.abc import MutableMapping
from types import SimpleNamespace
from typing import Any

import pytest

from fairday.kernel.http.api import Api
from fairday.kernel.http.routes import Call, Router
from fairday.kernel.idempotency import Answer


async def ask(method: str, error: Exception) -> tuple[int, dict[str, Any]]:
    """Send one request to a route whose handler meets `error`, and return status and problem."""
    router = Router("things")

    @router.lane("/things", who=None, returns=None, summary="Do it", needs_key=False)
    async def do(call: Call) -> Answer:
        raise error

    @router.read("/things", who=None, returns=None, summary="Read it")
    async def read(call: Call, tx: Any) -> None:
        raise AssertionError("the transaction never opens")

    class Closed:
        """Stand for a pool that has no connection in time."""

        def transaction(self, *, read_only: bool = False) -> Any:
            raise error

    async def nobody(token: str) -> None:
        return None

    async def fallback(*_: Any) -> None:
        raise AssertionError("the path is the API's")

    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    api = Api(router.routes, SimpleNamespace(database=Closed()), nobody, fallback)
    scope = {"type": "http", "method": method, "path": "/v1/things", "query_string": b"", "headers": []}
    await api(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_no_connection_in_time_is_busy(method: str) -> None:
    status, problem = await ask(method, TimeoutError())
    assert (status, problem["code"]) == (503, "busy")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_fault_is_no_busyness(method: str) -> None:
    status, problem = await ask(method, ValueError("broken"))
    assert (status, problem["code"]) == (500, "internal_error")
