"""Serve a tiny application through our protocol in this process, for the tests of its limits."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from fairday.kernel.http.server import Limits, bounded_protocol

Serve = Callable[..., Any]


async def tiny(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[..., Any]
) -> None:
    """Answer `/stream` with an event every 50 ms for ever, `/early` without reading, else the length of the body."""
    if scope["type"] == "lifespan":
        return
    if scope["path"] == "/stream":
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", b"text/event-stream")],
            }
        )
        while (await _next(receive))["type"] != "http.disconnect":
            await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        return
    length, more = 0, scope["path"] != "/early"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length += len(message["body"])
        more = message["more_body"]
    body = json.dumps({"length": length}).encode()
    if scope["path"] == "/slow":
        await asyncio.sleep(0.5)
    if scope["path"] == "/large":
        body = b"x" * 50_000_000
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _next(receive: Callable[[], Awaitable[Any]]) -> Any:
    try:
        return await asyncio.wait_for(receive(), 0.05)
    except TimeoutError:
        return {"type": "none"}


@asynccontextmanager
async def serving(limits: Limits, app: Any = tiny) -> AsyncIterator[int]:
    """Run a server of `app` with `limits` and give its port."""
    config = uvicorn.Config(
        app,
        port=0,
        http=bounded_protocol(limits),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    ticking = asyncio.create_task(server.main_loop())
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await ticking
        await asyncio.wait_for(server.shutdown(), 5)


@pytest.fixture
def serve() -> Serve:
    """Return the context manager that runs a server."""
    return serving
