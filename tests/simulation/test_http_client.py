"""The small client: kept connections, answers in pieces, lost and late ones, and never two at once on a connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from fairday.app.simulate.http_client import ConnectionLost, HttpClient

OK = b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"n": 1}'
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def served(talk: Talk, **more: float) -> AsyncIterator[HttpClient]:
    """Serve connections by `talk` and yield a client."""

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(guarded, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = HttpClient(f"http://127.0.0.1:{port}", **more)
    try:
        yield client
    finally:
        client.close()
        server.close()
        await asyncio.sleep(0.01)


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Read one request."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line[15:])
    return head + await reader.readexactly(length)


async def test_connections_are_kept_and_bounded() -> None:
    opened = 0
    busy = most = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened, busy, most
        opened += 1
        while True:
            await read_request(reader)
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(0.002)
            busy -= 1
            writer.write(OK)

    async with served(talk, connections=4) as client:
        answers = await asyncio.gather(*(client.request("GET", f"/{n}") for n in range(100)))
    assert {answer.status for answer in answers} == {200}
    assert answers[0].json() == {"n": 1}
    assert opened == most == 4


async def test_an_answer_may_come_byte_by_byte() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            request = await read_request(reader)
            assert request.endswith(b'\r\n\r\n{"a":1}')
            for place in range(len(OK)):
                writer.write(OK[place : place + 1])
                await writer.drain()
                await asyncio.sleep(0)

    async with served(talk) as client:
        for _ in range(3):
            answer = await client.request("POST", "/x", key="k", token="t", body={"a": 1})
            assert answer.body == b'{"n": 1}'


async def test_no_content_and_close() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")

    async with served(talk) as client:
        for _ in range(3):
            assert (await client.request("DELETE", "/x", key="k")) == (204, b"")


async def test_a_lost_request_is_sent_once_more_only_when_that_is_safe() -> None:
    seen = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        await read_request(reader)
        seen += 1
        if seen % 2 == 0:
            writer.write(OK)

    async with served(talk) as client:
        assert (await client.request("POST", "/x", key="k", body={})).status == 200
        assert seen == 2
        # The server closed after its answer, as it does with idle connections; soon the client knows.
        await asyncio.sleep(0.05)
        with pytest.raises(ConnectionLost):
            await client.request("POST", "/x", body={})
        assert seen == 3


async def test_silence_ends_and_the_place_is_free_again() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await read_request(reader)
        if b"/slow" in request:
            await asyncio.sleep(30)
        writer.write(OK)

    async with served(talk, connections=1, timeout_s=0.2) as client:
        with pytest.raises(TimeoutError):
            await client.request("GET", "/slow")
        assert (await client.request("GET", "/quick")).status == 200


@pytest.mark.parametrize(
    "nonsense",
    [b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
     b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n"],
)  # fmt: skip
async def test_nonsense_is_told(nonsense: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(nonsense)
        await reader.read()

    async with served(talk) as client:
        with pytest.raises(ConnectionLost):
            await client.request("POST", "/x", body={})
