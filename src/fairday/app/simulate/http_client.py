"""Ask one server many small things quickly: kept connections, prebuilt bytes, no pipelining, only what is needed parsed.

For the crowd and for benchmarks, where the client shares the machine with what it measures. It reads answers with a
content-length or none at all (204), which is what our API sends; a chunked answer is refused loudly.
"""

import asyncio
from collections import deque
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

ANSWER_MAX = 16 * 1024 * 1024


class Answer(NamedTuple):
    """Hold an answer: status 100 to 599 and the body's bytes."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Return the decoded body, or None when it is empty."""
        return msgspec.json.decode(self.body) if self.body else None


class ConnectionLost(ConnectionError):
    """Tell that the connection ended before the whole answer came: whether the request was done is unknown."""


class _Connection(asyncio.Protocol):
    __slots__ = ("_head_end", "_need", "_parts", "_status", "future", "transport")

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.future: asyncio.Future[Answer] | None = None
        self._parts = b""
        self._need = -1
        self._status = 0
        self._head_end = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # a stream transport, as create_connection promises

    def data_received(self, data: bytes) -> None:
        if self._parts:
            data = self._parts + data
        try:
            self._read(data)
        except (ValueError, IndexError) as error:
            self._fail(ConnectionLost(f"not an answer: {error}"))

    def _read(self, data: bytes) -> None:
        if self._need < 0:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._parts = data
                return
            head = data[:end].lower()
            self._status = int(head[9:12])
            self._head_end = end + 4
            place = head.find(b"\r\ncontent-length:")
            if place >= 0:
                stop = head.find(b"\r\n", place + 2)
                self._need = end + 4 + int(head[place + 17 : stop if stop >= 0 else None])
            elif self._status in (204, 304) or self._status < 200:
                self._need = end + 4
            else:
                raise ValueError("no content-length")
            if self._need > ANSWER_MAX:
                raise ValueError("an answer above the bound")
            if b"\r\nconnection: close" in head and self.transport is not None:
                self.transport.close()
        if len(data) < self._need:
            self._parts = data
            return
        answer = Answer(self._status, data[self._head_end : self._need])
        self._parts, self._need = b"", -1
        future, self.future = self.future, None
        if future is not None and not future.done():
            future.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(ConnectionLost(str(exc or "closed")))

    def _fail(self, error: Exception) -> None:
        if self.transport is not None:
            self.transport.abort()
        future, self.future = self.future, None
        if future is not None and not future.done():
            future.set_exception(error)

    @property
    def is_open(self) -> bool:
        """Tell whether another request may be sent on it."""
        return self.transport is not None and not self.transport.is_closing()


class HttpClient:
    """Hold at most `connections` kept connections to one server; more requests than that wait in order."""

    def __init__(self, url: str, *, connections: int = 64, timeout_s: float = 30.0) -> None:
        parts = urlsplit(url)
        assert parts.scheme == "http", f"{url} is not an http address"
        assert parts.hostname is not None, f"{url} names no host"
        self.host = parts.hostname
        self.port = parts.port or 80
        self.timeout_s = timeout_s
        self._free: list[_Connection] = []
        self._left = connections
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._host_line = f"\r\nhost: {parts.netloc}"

    def build(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        key: str | None = None,
        body: Any = None,
        media: str = "application/json",
        language: str = "zh",
    ) -> bytes:
        """Return the bytes of a request; `body` is bytes, or a value to encode as JSON, or None."""
        content = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
        lines = [f"{method} {path} HTTP/1.1{self._host_line}\r\naccept-language: {language}"]
        if token:
            lines.append(f"authorization: Bearer {token}")
        if key:
            lines.append(f"idempotency-key: {key}")
        if content:
            lines.append(f"content-type: {media}")
        if content or method != "GET":
            lines.append(f"content-length: {len(content)}")
        return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + content

    async def send(self, request: bytes, *, is_repeatable: bool = True) -> Answer:
        """Send prebuilt bytes and return the answer.

        A request that lost its connection is sent once more when it is repeatable (a read, or a write with an
        Idempotency-Key). Raises: ConnectionLost, TimeoutError, OSError.
        """
        while self._left == 0:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn
        self._left -= 1
        try:
            try:
                return await self._once(request)
            except ConnectionLost:
                if not is_repeatable:
                    raise
                return await self._once(request)
        finally:
            self._left += 1
            while self._waiting:
                turn = self._waiting.popleft()
                if not turn.done():
                    turn.set_result(None)
                    break

    async def request(self, method: str, path: str, **more: Any) -> Answer:
        """Build and send; see `build`."""
        return await self.send(
            self.build(method, path, **more), is_repeatable=method == "GET" or "key" in more
        )

    def close(self) -> None:
        """Close the connections that rest."""
        while self._free:
            transport = self._free.pop().transport
            if transport is not None:
                transport.close()

    async def _connection(self) -> _Connection:
        while self._free:
            connection = self._free.pop()
            if connection.is_open:
                return connection
        _, connection = await asyncio.wait_for(
            asyncio.get_running_loop().create_connection(_Connection, self.host, self.port), self.timeout_s
        )
        return connection

    async def _once(self, request: bytes) -> Answer:
        loop = asyncio.get_running_loop()
        connection = await self._connection()
        future: asyncio.Future[Answer] = loop.create_future()
        connection.future = future
        assert connection.transport is not None
        connection.transport.write(request)
        timer = loop.call_later(self.timeout_s, _expire, connection)
        try:
            answer = await future
        except asyncio.CancelledError:
            connection.transport.abort()
            raise
        finally:
            timer.cancel()
        if connection.is_open:
            self._free.append(connection)
        return answer


def _expire(connection: _Connection) -> None:
    """End an exchange that took too long; its connection cannot be used again."""
    future, connection.future = connection.future, None
    if future is not None and not future.done():
        future.set_exception(TimeoutError("no answer in time"))
    if connection.transport is not None:
        connection.transport.abort()
