"""The direct way answers as the usual one does, keeps the limits, and leaves to the usual way what is not plain."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from fairday.kernel.http.direct import Reply, Run
from fairday.kernel.http.server import Limits
from tests.app.conftest import tiny
from tests.app.test_server_limits import SHORT, problem, response, until_closed

Serve = Callable[..., Any]
HEADERS = ((b"content-type", b"text/plain"),)


class Echo:
    """Answer POST /direct directly with its body, after `pause_s`; everything else as `tiny` does."""

    def __init__(self, pause_s: float = 0.0) -> None:
        self.pause_s = pause_s
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the usual way."""
        await tiny(scope, receive, send)

    def direct(
        self, method: bytes, target: bytes, headers: list[tuple[bytes, bytes]], client_ip: str
    ) -> Run | None:
        """Find the direct way."""
        if (method, target) != (b"POST", b"/direct"):
            return None

        def run(body: bytes, reply: Reply) -> None:
            self.bodies.append(body)
            if self.pause_s:
                asyncio.get_running_loop().call_later(self.pause_s, reply, 200, HEADERS, body)
            else:
                reply(200, HEADERS, body)

        return run


def post(body: bytes, path: bytes = b"/direct", more: bytes = b"") -> bytes:
    return b"POST %b HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n%b\r\n%b" % (path, len(body), more, body)


async def test_requests_follow_on_one_connection_also_in_pieces(serve: Serve) -> None:
    app = Echo()
    async with serve(Limits(), app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for body in (b"one", b"", b"x" * 100_000):
            message = post(body)
            for start in range(0, len(message), 30_000):
                writer.write(message[start : start + 30_000])
                await writer.drain()
                await asyncio.sleep(0.01)
            assert await response(reader) == (200, body)
        writer.close()
    assert [len(body) for body in app.bodies] == [3, 0, 100_000]


@pytest.mark.parametrize("pause_s", [0.0, 0.05])
async def test_pipelined_requests_are_answered_in_order_whatever_way_they_go(
    serve: Serve, pause_s: float
) -> None:
    async with serve(Limits(), Echo(pause_s)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(post(b"a") + post(b"bb", b"/usual") + post(b"ccc", b"/usual"))
        assert await response(reader) == (200, b"a")
        assert await response(reader) == (200, b'{"length": 2}')
        assert await response(reader) == (200, b'{"length": 3}')
        writer.write(post(b"again"))
        assert await response(reader) == (200, b"again")
        writer.close()


async def test_the_head_says_length_date_and_that_the_connection_closes(serve: Serve) -> None:
    async with serve(Limits(), Echo()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(post(b"last", more=b"connection: close\r\n"))
        head, body = (await until_closed(reader, 2)).split(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        assert lines[0] == b"HTTP/1.1 200 OK"
        assert {b"content-type: text/plain", b"content-length: 4", b"connection: close"} <= set(lines)
        assert sum(line.startswith(b"date: ") for line in lines) == 1
        assert body == b"last"
        writer.close()


@pytest.mark.parametrize("more", [b"expect: 100-continue\r\n", b"upgrade: x\r\nconnection: upgrade\r\n"])
async def test_what_is_not_plain_goes_the_usual_way(serve: Serve, more: bytes) -> None:
    app = Echo()
    async with serve(Limits(), app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(post(b"{}", more=more))
        answer = await asyncio.wait_for(reader.read(1000), 2)
        while b'{"length": ' not in answer:
            answer += await asyncio.wait_for(reader.read(1000), 2)
        writer.close()
    assert app.bodies == []


async def test_a_slow_body_is_cut_off_and_never_run(serve: Serve) -> None:
    app = Echo()
    async with serve(SHORT, app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(post(b"x" * 1000)[:-900])
        assert problem(await until_closed(reader, 2))["code"] == "request_too_slow"
        writer.close()
    assert app.bodies == []


async def test_a_client_that_left_before_the_answer_harms_nobody(serve: Serve) -> None:
    app = Echo(0.05)
    async with serve(Limits(), app) as port:
        _, gone = await asyncio.open_connection("127.0.0.1", port)
        gone.write(post(b"gone"))
        await gone.drain()
        await asyncio.sleep(0.02)
        gone.transport.abort()
        await asyncio.sleep(0.1)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(post(b"here"))
        assert await response(reader) == (200, b"here")
        writer.close()
    assert app.bodies == [b"gone", b"here"]


async def test_a_drain_waits_for_a_direct_answer(serve: Serve) -> None:
    async with serve(Limits(), Echo(0.3)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(post(b"late"))
        await writer.drain()
        await asyncio.sleep(0.05)
    answer = await until_closed(reader, 2)
    assert answer.endswith(b"late")
    assert b"connection: close" in answer
    writer.close()
