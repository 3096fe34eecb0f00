"""Send one POST over HTTP/1.1 to an address that was checked, and bound what the receiver may cost us.

The name is resolved once, every address it has is checked, and the connection goes to the checked address: a name that
changes between check and use (DNS rebinding) gains nothing. Redirects are not followed. Source: X13, X27.
"""

import asyncio
import contextlib
import ipaddress
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping

import httptools

from fairday.kernel.errors import Refusal
from fairday.webhooks import rules
from fairday.webhooks.errors import HostNotFound
from fairday.webhooks.rules import Address, Target
from fairday.webhooks.types import Attempt

CONNECT_S = 5.0
TOTAL_S = 10.0
ANSWER_BYTES_MAX = 64 * 1024
"""What is read of an answer; its status is all that counts, so a longer one is cut off, not refused."""

Resolve = Callable[[str, int], Awaitable[list[Address]]]


async def resolve(host: str, port: int) -> list[Address]:
    """Return the addresses of `host` in the resolver's order. Raises: HostNotFound."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
    except (OSError, UnicodeError):
        raise HostNotFound(host=host) from None
    return list(dict.fromkeys(ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found))


async def checked_addresses(target: Target, *, loopback: bool, resolver: Resolve = resolve) -> list[Address]:
    """Return the addresses of `target`, all of them public. Raises: HostNotFound, UrlNotAllowed."""
    addresses = await asyncio.wait_for(resolver(target.host, target.port), CONNECT_S)
    if not addresses:
        raise HostNotFound(host=target.host)
    rules.refuse_private(addresses, loopback=loopback)
    return addresses


class _Reading:
    """Collect the status of an answer and tell when it is complete."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.status = 0
        self.is_complete = False
        self.size = 0

    def on_headers_complete(self) -> None:
        status = self.parser.get_status_code()
        self.status = status if status >= 200 else 0

    def on_message_complete(self) -> None:
        self.is_complete = self.status >= 200


class Connection:
    """Hold a kept connection to one receiver; use it for one request at a time."""

    def __init__(self, url: str, *, loopback: bool, resolver: Resolve = resolve) -> None:
        self._url = url
        self._loopback = loopback
        self._resolver = resolver
        self._stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, headers: Mapping[str, str], body: bytes) -> Attempt:
        """Send `body` and return what came back; every failure is an attempt with an error, nothing is raised."""
        started = time.monotonic()
        status: int | None = None
        error: str | None = None
        try:
            async with asyncio.timeout(TOTAL_S):
                status = await self._exchange(headers, body)
        except Refusal as refusal:
            error = refusal.sentence("en")
        except TimeoutError:
            error = f"no answer within {TOTAL_S:.0f} s"
        except ssl.SSLError as failure:
            error = f"TLS: {failure.reason or failure}"
        except (OSError, EOFError, httptools.HttpParserError, asyncio.IncompleteReadError) as failure:
            error = f"{type(failure).__name__}: {failure}"
        if error is not None:
            self.close()
        return Attempt(status, error, round((time.monotonic() - started) * 1000))

    def close(self) -> None:
        """Drop the connection without waiting for the other side."""
        if self._stream is not None:
            with contextlib.suppress(Exception):
                self._stream[1].transport.abort()
            self._stream = None

    async def _exchange(self, headers: Mapping[str, str], body: bytes) -> int:
        target = rules.target_of(self._url, loopback=self._loopback)
        head = [f"POST {target.path} HTTP/1.1", f"host: {target.host_header}", f"content-length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        message = "\r\n".join(head).encode("ascii") + b"\r\n\r\n" + body
        if self._stream is not None:
            # A kept connection may have been closed by the receiver in between: then, once, on a new one.
            with contextlib.suppress(ConnectionError, EOFError):
                return await self._say(message)
            self.close()
        self._stream = await self._connect(target)
        return await self._say(message)

    async def _connect(self, target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        addresses = await checked_addresses(target, loopback=self._loopback, resolver=self._resolver)
        is_tls = target.scheme == "https"
        async with asyncio.timeout(CONNECT_S):
            return await asyncio.open_connection(
                str(addresses[0]),
                target.port,
                ssl=_tls() if is_tls else None,
                server_hostname=target.host if is_tls else None,
                limit=ANSWER_BYTES_MAX,
            )

    async def _say(self, message: bytes) -> int:
        assert self._stream is not None
        reader, writer = self._stream
        writer.write(message)
        await writer.drain()
        reading = _Reading()
        while not reading.is_complete:
            part = await reader.read(16 * 1024)
            if not part:
                self.close()
                if reading.status:
                    return reading.status
                raise EOFError("the receiver closed without an answer")
            reading.size += len(part)
            reading.parser.feed_data(part)
            if reading.size > ANSWER_BYTES_MAX and reading.status:
                self.close()
                return reading.status
            if reading.size > ANSWER_BYTES_MAX:
                raise EOFError("the answer has no end of its header")
        if not reading.parser.should_keep_alive():
            self.close()
        return reading.status


_context: list[ssl.SSLContext] = []


def _tls() -> ssl.SSLContext:
    """Return the process's TLS settings: certificates and names are verified, TLS 1.2 or newer."""
    if not _context:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        _context.append(context)
    return _context[0]
