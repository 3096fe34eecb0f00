"""Bound what one connection may take: time to say its request, bytes of it, and how many there are at once.

uvicorn closes no slow and no oversized client by itself. This protocol adds the limits without a timer per request:
the hot path writes a few attributes, and one sweep per process, twice a second, closes who is late. A response may
last for ever (server-sent events) as long as its reader reads. Why so: docs/adr/0002.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, cast
from weakref import WeakKeyDictionary

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from fairday.kernel.errors import BodyTooLarge, Busy, Refusal
from fairday.kernel.http import problems
from fairday.kernel.http.direct import DirectCycle, Find

log = logging.getLogger("fairday.http")

# What a connection is at. Plain numbers: an enum's members cost a look-up each on the hottest path there is.
_IDLE = 0  # between two requests, or while the answer to the last one is on its way
_HEADER = 1
_BODY = 2
_REFUSED = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold the bounds of a connection; seconds, bytes, bytes a second. Source: chaos scenario X23.

    `header_s`: from the first byte (or the connect) to the end of the header. `body_s`: from there to the end of the
    body, longer only while the body keeps `body_fast` on the whole; below `body_slow` it is cut after `body_grace_s`.
    `idle_s`: a kept connection without a request. `stall_s`: a reader that takes nothing of a full send buffer.
    `linger_s`: how long what a refused client still sends is thrown away, so that it can read why.
    """

    header_s: float = 5.0
    header_bytes: int = 32 * 1024
    body_s: float = 10.0
    body_grace_s: float = 3.0
    body_slow: int = 1000
    body_fast: int = 64 * 1024
    body_bytes: int = 32 * 1024 * 1024
    idle_s: float = 30.0
    stall_s: float = 30.0
    linger_s: float = 2.0
    connections_max: int = 4096
    sweep_s: float = 0.5


class NotHttp(Refusal):
    """Refuse bytes that are not an HTTP/1.1 request."""

    code = "not_http"
    status = 400
    en = "This is not a valid HTTP/1.1 request."
    zh = "这不是有效的 HTTP/1.1 请求。"


class HeaderTooLarge(Refusal):
    """Refuse a request line and headers above their bound."""

    code = "header_too_large"
    status = 431
    en = "The request line and headers may have {bytes_max} bytes together. Send fewer or shorter ones."
    zh = "请求行与请求头合计最多 {bytes_max} 字节，请精简后重试。"


class RequestTooSlow(Refusal):
    """Refuse a request that did not arrive in time."""

    code = "request_too_slow"
    status = 408
    en = "The request did not arrive in time. Send it again."
    zh = "请求未能及时送达，请重新提交。"


class _RefusedError(Exception):
    """Stop the parser: the connection was answered and is being closed."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """Serve HTTP/1.1 as uvicorn does and cut off clients that are too slow, too large or too many."""

    limits: ClassVar[Limits] = Limits()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sweeper = Sweeper.of(self.server_state, self.limits, self.loop)
        self.phase = _HEADER
        self.since = self.loop.time()
        self.seen = 0  # bytes of this header, then of this body
        self.stalled_since: float | None = None
        self.find_direct: Find | None = getattr(self.app, "direct", None)
        self.direct: DirectCycle | None = None  # the cycle whose body is being read, when it is a direct one

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or say 503 when this process has as many as it may."""
        count = len(self.connections)
        super().connection_made(cast(asyncio.Transport, transport))
        self.sweeper.wake()
        if count >= self.limits.connections_max:
            self.refuse(Busy(retry_after_s=2))
            if count >= self.limits.connections_max * 5 // 4:
                self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Feed the parser, counting header bytes only while a header is open."""
        phase = self.phase
        if phase == _REFUSED:
            return
        if phase == _IDLE:
            self.phase = phase = _HEADER
            self.since = self.loop.time()
            self.seen = len(data)
        elif phase == _HEADER:
            self.seen += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:  # declined by answering as usual; what follows cannot be parsed
            self.cycle.keep_alive = False
        except httptools.HttpParserError as error:
            if not isinstance(error.__context__, _RefusedError):
                self.refuse(NotHttp())
        else:
            if self.phase == _HEADER and self.seen > (limits := self.limits).header_bytes:
                self.refuse(HeaderTooLarge(bytes_max=limits.header_bytes))

    def on_message_begin(self) -> None:
        """Forget the last request; the scope is made when it is known that the application wants one."""
        self.url = b""
        self.expect_100_continue = False
        self.headers = []

    def on_headers_complete(self) -> None:
        """Refuse a header or an announced body above its bound before the application hears of it."""
        limits = self.limits
        if self.seen > limits.header_bytes:  # counts what came with it: look closer
            size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if size > limits.header_bytes:
                self.refuse(HeaderTooLarge(bytes_max=limits.header_bytes))
                raise _RefusedError
        for name, value in self.headers:
            if name == b"content-length" and int(value) > limits.body_bytes:
                self.refuse(BodyTooLarge(bytes_max=limits.body_bytes))
                raise _RefusedError
        self.phase = _BODY
        self.since = self.loop.time()
        self.seen = 0
        if self.find_direct is not None and self._goes_directly(self.find_direct):
            return
        self.direct = None
        self.scope = {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": "1.1",
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,  # type: ignore[typeddict-item]  # set when the connection was made
            "root_path": self.root_path,
            "headers": self.headers,
            "state": self.app_state.copy(),
        }
        super().on_headers_complete()

    def _goes_directly(self, find: Find) -> bool:
        """Begin a direct cycle when nothing is before it, the reader keeps up, and the application knows the request."""
        parser, before = self.parser, self.cycle
        if (
            (before is not None and not before.response_complete)
            or self.flow.write_paused
            or self.expect_100_continue
            or parser.should_upgrade()
            or parser.get_http_version() != "1.1"
        ):
            return False
        client = self.client
        run = find(parser.get_method(), self.url, self.headers, client[0] if client else "")
        if run is None:
            return False
        self.direct = DirectCycle(self, run, keep_alive=parser.should_keep_alive())
        self.cycle = self.direct  # type: ignore[assignment]  # stands in its place
        return True

    def on_body(self, body: bytes) -> None:
        """Count a body that came without a length."""
        limits = self.limits
        self.seen += len(body)
        if self.seen > limits.body_bytes:
            self.refuse(BodyTooLarge(bytes_max=limits.body_bytes))
            raise _RefusedError
        if self.direct is not None:
            self.direct.body += body
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that the request is said; from here on only the response takes time."""
        self.phase = _IDLE
        if self.direct is not None:
            self.direct.start()
        else:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on to the next request as uvicorn does, without its timer: the sweep closes idle connections."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.phase == _IDLE:
            self.since = self.loop.time()
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)

    def shutdown(self) -> None:
        """Close at a drain: at once when idle or streaming events, else when the response is complete."""
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete and _is_stream(cycle.scope["headers"]):
            self._drop_cycle()
            self.transport.close()
        else:
            super().shutdown()

    def refuse(self, refusal: Refusal) -> None:
        """Answer with a problem document where an answer is due, then close so that it can be read.

        An earlier request that is still at work keeps its answer: it may have committed.
        """
        is_begun = self.phase == _BODY  # the application has this request; else only an earlier one, if any
        self.phase, self.since = _REFUSED, self.loop.time()
        self.sweeper.cut[refusal.code] += 1
        cycle = self.cycle
        is_busy = cycle is not None and not cycle.response_complete
        if is_busy and not is_begun:
            cycle.keep_alive = False
        elif is_begun and (not is_busy or cycle.response_started or self.pipeline):
            self._drop_cycle()
            self.transport.close()
        else:
            self._drop_cycle()
            self._say(refusal)

    def _say(self, refusal: Refusal) -> None:
        """Send the refusal and our end of the stream; what the client still sends is thrown away for a moment."""
        self.flow.resume_reading()
        self.transport.write(_response(refusal))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()

    def late(self, now: float) -> str | None:
        """Return why this connection is to be closed now, or None. Called by the sweep."""
        limits, age = self.limits, now - self.since
        cycle = self.cycle
        if self.transport.is_closing():  # its last bytes are not taken
            self.stalled_since = self.stalled_since or now
            return "stalled" if now - self.stalled_since > limits.stall_s else None
        if self.phase == _REFUSED:
            is_over = cycle is None or cycle.response_complete or cycle.disconnected
            return "refused" if is_over and age > limits.linger_s else None
        if self.flow.write_paused:
            self.stalled_since = self.stalled_since or now
            return "stalled" if now - self.stalled_since > limits.stall_s else None
        self.stalled_since = None
        if self.phase == _HEADER:
            return "header_slow" if age > limits.header_s else None
        if self.phase == _BODY:
            return self._body_late(now)
        is_answered = cycle is None or cycle.response_complete
        return "idle" if is_answered and age > limits.idle_s else None

    def _body_late(self, now: float) -> str | None:
        limits = self.limits
        if self.flow.read_paused:  # we are the slow ones
            self.since += limits.sweep_s
            return None
        age = now - self.since
        is_slow = age > limits.body_grace_s and self.seen < limits.body_slow * age
        is_late = age > limits.body_s and self.seen < limits.body_fast * age
        return "body_slow" if is_slow or is_late else None

    def _drop_cycle(self) -> None:
        """Tell the application that its client is gone; what it still sends is thrown away."""
        self.pipeline.clear()
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()


def bounded_protocol(limits: Limits) -> type[BoundedHttpProtocol]:
    """Return the protocol class with these limits, as uvicorn's `http=` wants it."""
    return type("BoundedHttpProtocol", (BoundedHttpProtocol,), {"limits": limits})


class Sweeper:
    """Look at all connections of a process every `sweep_s` and close the late ones; sleeps when there are none."""

    _all: ClassVar["WeakKeyDictionary[ServerState, Sweeper]"] = WeakKeyDictionary()

    def __init__(self, state: ServerState, limits: Limits, loop: asyncio.AbstractEventLoop) -> None:
        self.connections, self.limits, self.loop = state.connections, limits, loop
        self.cut: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    @classmethod
    def of(cls, state: ServerState, limits: Limits, loop: asyncio.AbstractEventLoop) -> "Sweeper":
        """Return the one sweeper of this server."""
        found = cls._all.get(state)
        if found is None:
            found = cls._all[state] = cls(state, limits, loop)
        return found

    def wake(self) -> None:
        """Start the timer when it rests."""
        if self._timer is None:
            self._timer = self.loop.call_later(self.limits.sweep_s, self._sweep)

    def _sweep(self) -> None:
        now = self.loop.time()
        for protocol in list(self.connections):
            if isinstance(protocol, BoundedHttpProtocol):
                self._judge(protocol, now)
        if self.cut:  # one line a sweep, however many attack
            log.info("cut off clients: %s", dict(self.cut))
            self.cut.clear()
        self._timer = None
        if self.connections:
            self.wake()

    def _judge(self, protocol: BoundedHttpProtocol, now: float) -> None:
        reason = protocol.late(now)
        if reason is None:
            return
        if reason in ("header_slow", "body_slow") and (protocol.seen or protocol.phase == _BODY):
            protocol.refuse(RequestTooSlow())
            return
        if reason == "idle":
            protocol.transport.close()
            return
        if reason != "refused":  # counted when it was refused
            self.cut[reason] += 1
        protocol.transport.abort()


def _is_stream(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"accept" and b"text/event-stream" in value for name, value in headers)


def _response(refusal: Refusal) -> bytes:
    """Return the whole response with the problem document, rendered as for every other refusal."""
    status, body, headers = problems.render(refusal, "en")
    headers += [(b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    lines = [name + b": " + value + b"\r\n" for name, value in headers]
    return b"".join([STATUS_LINE[status], *lines, b"\r\n", body])
