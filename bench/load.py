"""Load a server over HTTP from one process: N keep-alive connections, each sends its next prebuilt request on answer.

The generator shares the machine with the server on purpose (that is how the figures are stated), so it is lean:
requests are bytes made beforehand, answers are parsed only as far as their end and status.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import uvloop


@dataclass
class Result:
    """Hold what a run measured: answers by status, seconds, latencies in seconds, one body per status."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies_s: list[float] = field(default_factory=list)
    sample: dict[int, bytes] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Return answers below 400 a second."""
        return sum(count for status, count in self.statuses.items() if status < 400) / self.seconds

    def quantile_ms(self, q: float) -> float:
        """Return the latency at quantile `q` in milliseconds."""
        ordered = sorted(self.latencies_s)
        return 1000 * ordered[min(len(ordered) - 1, int(q * len(ordered)))]


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], result: Result, done: "asyncio.Future[None]") -> None:
        self._requests = requests
        self._result = result
        self._done = done
        self._buffer = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # asyncio hands a Transport to stream protocols
        self._next()

    def _next(self) -> None:
        request = next(self._requests, None)
        assert self._transport is not None
        if request is None:
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer = self._buffer + data if self._buffer else data
        head = buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = buffer.find(b"content-length: ", 0, head)
        length = int(buffer[at + 16 : buffer.find(b"\r\n", at)]) if at >= 0 else 0
        if len(buffer) < head + 4 + length:
            return
        result = self._result
        result.latencies_s.append(time.perf_counter() - self._sent_at)
        status = int(buffer[9:12])
        result.statuses[status] += 1
        if status not in result.sample:
            result.sample[status] = buffer[head + 4 :]
        self._buffer = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)


def request(method: str, path: str, *, token: str = "", key: str = "", body: bytes = b"") -> bytes:
    """Build the bytes of one request."""
    lines = [f"{method} {path} HTTP/1.1", "host: bench", f"content-length: {len(body)}"]
    if body:
        lines.append("content-type: application/json")
    if token:
        lines.append(f"authorization: Bearer {token}")
    if key:
        lines.append(f"idempotency-key: {key}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _run(port: int, requests: list[bytes], connections: int) -> Result:
    loop = asyncio.get_running_loop()
    result = Result()
    source = iter(requests)
    done = [loop.create_future() for _ in range(connections)]
    started = time.perf_counter()
    for future in done:
        await loop.create_connection(
            lambda future=future: _Connection(source, result, future), "127.0.0.1", port
        )
    await asyncio.gather(*done)
    result.seconds = time.perf_counter() - started
    return result


def run(port: int, requests: list[bytes], *, connections: int = 64) -> Result:
    """Send all `requests` over `connections` keep-alive connections and return what was measured."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_run(port, requests, connections))
