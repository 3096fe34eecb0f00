"""The limit: the same server with nothing behind it reads a JSON body, decodes it, encodes it and answers."""

from typing import Any

import msgspec

_decoder = msgspec.json.Decoder()


async def _echo(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = (await receive()).get("body", b"")
    answer = msgspec.json.encode(_decoder.decode(body)) if body else b"{}"
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


def create_app() -> Any:
    """Return the echo application."""
    return _echo
