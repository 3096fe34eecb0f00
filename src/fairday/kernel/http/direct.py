"""Answer the hottest requests without a task and without messages: from the parser to the lane, from the commit to the wire.

What a lane route costs beyond its batch is mostly ASGI: a task, an event, a scope, three messages, two writes. A request
that is plain in every respect (known path, session in memory, small body of declared length) skips them. Whatever is not
plain goes the usual way, which alone knows how to refuse it; so there is one place for each refusal. Why: docs/adr/0080.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from uvicorn.protocols.http.httptools_impl import STATUS_LINE
from uvicorn.server import ServerState

Headers = Sequence[tuple[bytes, bytes]]
Reply = Callable[[int, Headers, bytes], None]
"""Takes status, headers and body of the answer; the length is added."""

Run = Callable[[bytes, Reply], None]
"""Takes the whole body and answers now or later by `Reply`, once; it must not raise."""

Find = Callable[[bytes, bytes, list[tuple[bytes, bytes]], str], Run | None]
"""Tells by method, target, headers and client address how to answer directly; None: go the usual way."""


class Connection(Protocol):
    """Name what a cycle needs of its connection."""

    transport: asyncio.Transport
    server_state: ServerState

    def on_response_complete(self) -> None:
        """Go on to the next request."""


class _NoEvent:
    """Stand for the event that wakes an application: nobody sleeps here."""

    @staticmethod
    def set() -> None:
        """Wake nobody."""


class DirectCycle:
    """Be one request and its answer, in the place of uvicorn's cycle, which names the attributes."""

    __slots__ = (
        "_connection",
        "_run",
        "body",
        "disconnected",
        "keep_alive",
        "more_body",
        "response_complete",
        "response_started",
    )
    message_event = _NoEvent
    scope: dict[str, Any] = {"headers": ()}  # noqa: RUF012 - never written; a direct answer is no stream of events

    def __init__(self, connection: Connection, run: Run, *, keep_alive: bool) -> None:
        self._connection = connection
        self._run = run
        self.body = b""
        self.disconnected = False
        self.keep_alive = keep_alive
        self.more_body = True
        self.response_complete = False
        self.response_started = False

    def start(self) -> None:
        """Begin to answer: the request is said."""
        self.more_body = False
        self._run(self.body, self._reply)

    def _reply(self, status: int, headers: Headers, body: bytes) -> None:
        if self.disconnected:
            return
        connection = self._connection
        self.response_started = self.response_complete = True
        end = b"\r\n\r\n" if self.keep_alive else b"\r\nconnection: close\r\n\r\n"
        connection.transport.write(
            b"%b%d%b%b" % (_head(connection.server_state, status, tuple(headers)), len(body), end, body)
        )
        if not self.keep_alive:
            connection.transport.close()
        connection.on_response_complete()


_heads: dict[tuple[int, Headers], bytes] = {}
_made_for: Headers | None = None
_HEADS_MAX = 200


def _head(state: ServerState, status: int, headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """Return the head up to its content-length. uvicorn makes a new list of its own headers (the date) each second."""
    global _made_for  # noqa: PLW0603 - one cache for the process, as is the date
    if state.default_headers is not _made_for or len(_heads) > _HEADS_MAX:
        _heads.clear()
        _made_for = state.default_headers
    head = _heads.get((status, headers))
    if head is None:
        lines = [b"%b: %b\r\n" % line for line in (*state.default_headers, *headers)]
        head = _heads[status, headers] = b"".join([STATUS_LINE[status], *lines, b"content-length: "])
    return head
