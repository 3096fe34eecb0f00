"""Slow, oversized and too many clients are cut off; honest ones, and streams that last, are not."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from fairday.kernel.http.server import Limits

SHORT = Limits(
    header_s=0.4,
    header_bytes=2000,
    body_s=0.8,
    body_grace_s=0.3,
    body_slow=1000,
    body_fast=64_000,
    body_bytes=100_000,
    idle_s=0.5,
    stall_s=0.5,
    linger_s=0.3,
    connections_max=4,
    sweep_s=0.05,
)
GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
Serve = Callable[[Limits], Any]


async def until_closed(reader: asyncio.StreamReader, within_s: float) -> bytes:
    """Return all that comes until the server closes; fail when it does not close in time."""
    try:
        return await asyncio.wait_for(reader.read(), within_s)
    except ConnectionResetError:
        return b""


def problem(answer: bytes) -> dict[str, Any]:
    """Return the problem document of a raw response and check its envelope."""
    head, body = answer.split(b"\r\n\r\n", 1)
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head
    found: dict[str, Any] = json.loads(body)
    assert int(head.split()[1]) == found["status"]
    return found


async def response(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read one response with a content-length from a kept connection."""
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 2)
    length = next(
        int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
    )
    return int(head.split()[1]), await reader.readexactly(length)


async def test_silent_connection_is_closed(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await until_closed(reader, 1) == b""
        writer.close()


async def test_slow_header_is_cut_off_though_bytes_keep_coming(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        began = time.monotonic()
        writer.write(b"GET / HTTP/1.1\r\n")
        dripping = asyncio.create_task(drip(writer, b"x-a: 1\r\n", 0.05))
        assert problem(await until_closed(reader, 2))["code"] == "request_too_slow"
        assert 0.4 <= time.monotonic() - began < 1
        dripping.cancel()
        writer.close()


async def drip(writer: asyncio.StreamWriter, piece: bytes, every_s: float) -> None:
    """Send `piece` again and again until cancelled."""
    while True:
        writer.write(piece)
        await asyncio.sleep(every_s)


async def test_slow_header_on_a_kept_connection_is_cut_off(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET)
        assert await response(reader) == (200, b'{"length": 0}')
        writer.write(b"GET / HT")
        assert problem(await until_closed(reader, 1))["status"] == 408
        writer.close()


async def test_slow_body_is_cut_off_though_bytes_keep_coming(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 50000\r\n\r\n")
        dripping = asyncio.create_task(drip(writer, b"x", 0.05))  # 20 bytes a second
        assert problem(await until_closed(reader, 1))["code"] == "request_too_slow"
        dripping.cancel()
        writer.close()


async def test_body_of_middling_speed_may_take_body_s_and_no_longer(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        began = time.monotonic()
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 50000\r\n\r\n")
        dripping = asyncio.create_task(drip(writer, b"x" * 200, 0.05))  # 4 kB a second: not slow, too long
        assert problem(await until_closed(reader, 2))["code"] == "request_too_slow"
        assert time.monotonic() - began > 0.8
        dripping.cancel()
        writer.close()


async def test_large_body_that_flows_may_take_longer(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99000\r\n\r\n")
        for _ in range(11):  # 90 kB a second for 1.1 s
            writer.write(b"x" * 9000)
            await asyncio.sleep(0.1)
        assert await response(reader) == (200, b'{"length": 99000}')
        writer.close()


async def test_huge_header_is_refused_at_once_or_in_pieces(serve: Serve) -> None:
    async with serve(SHORT) as port:
        for value, pieces in ((b"x" * 100_000, 1), (b"x" * 300, 10)):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\n")
            for number in range(pieces):
                writer.write(b"x-%d: " % number + value + b"\r\n")
                await asyncio.sleep(0.01)
            writer.write(b"\r\n")
            assert problem(await until_closed(reader, 1))["code"] == "header_too_large"
            writer.close()


async def test_endless_header_line_is_refused(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nx: ")
        dripping = asyncio.create_task(drip(writer, b"x" * 900, 0.01))
        assert problem(await until_closed(reader, 1))["status"] == 431
        dripping.cancel()
        writer.close()


async def test_header_at_its_bound_with_a_body_behind_it_is_taken(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        header = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 90000\r\nx: " + b"y" * 1900 + b"\r\n\r\n"
        writer.write(header + b"z" * 90_000)
        assert await response(reader) == (200, b'{"length": 90000}')
        writer.close()


async def test_announced_huge_body_is_refused_before_it_is_sent(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100001\r\n\r\n")
        found = problem(await until_closed(reader, 1))
        assert (found["status"], found["code"]) == (413, "body_too_large")
        writer.close()


async def test_client_that_sends_its_huge_body_anyway_can_read_why(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5000000\r\n\r\n" + b"x" * 2_000_000)
        await asyncio.sleep(0.1)
        assert problem(await until_closed(reader, 1))["status"] == 413
        writer.close()


async def test_chunked_huge_body_is_refused_when_it_passes_the_bound(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
        for _ in range(11):
            writer.write(b"2710\r\n" + b"x" * 10_000 + b"\r\n")
            await asyncio.sleep(0.005)
        assert problem(await until_closed(reader, 1))["status"] == 413
        writer.close()


async def test_idle_connection_is_closed_and_a_busy_one_kept(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(4):  # 0.8 s in all: longer than idle_s, header_s and body_s
            writer.write(GET)
            assert (await response(reader))[0] == 200
            await asyncio.sleep(0.2)
        assert await until_closed(reader, 1) == b""
        writer.close()


async def test_stream_of_events_lasts(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /stream HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n")
        began = time.monotonic()
        while time.monotonic() - began < 1.5:
            assert await asyncio.wait_for(reader.read(1000), 1)
        writer.close()


async def test_reader_that_takes_nothing_is_cut_off(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1000)
        writer.write(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        await asyncio.sleep(1.5)
        try:
            taken = len(await until_closed(reader, 2))
        except ConnectionResetError:
            taken = 0
        assert taken < 50_000_000
        writer.close()


async def test_connection_above_the_cap_is_told_to_come_back(serve: Serve) -> None:
    async with serve(SHORT) as port:
        kept = [await asyncio.open_connection("127.0.0.1", port) for _ in range(4)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET)
        answer = await until_closed(reader, 1)
        assert problem(answer)["code"] == "busy"
        assert b"retry-after: 2" in answer
        for _, other in (*kept, (reader, writer)):
            other.close()


async def test_nonsense_is_refused(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\x16\x03\x01 hello\r\n\r\n")
        assert problem(await until_closed(reader, 1))["code"] == "not_http"
        writer.close()


async def test_earlier_request_keeps_its_answer_when_a_later_one_is_refused(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        await asyncio.sleep(0.05)
        writer.write(b"nonsense\r\n\r\n")
        answer = await until_closed(reader, 2)
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.count(b"HTTP/1.1") == 1
        writer.close()


async def test_answer_before_the_body_is_the_only_answer(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n")
        answer = await until_closed(reader, 2)
        assert answer.count(b"HTTP/1.1") == 1
        writer.close()


async def test_pipelined_requests_are_answered_in_order(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        post = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%s"
        writer.write(post % (1, b"a") + post % (2, b"aa") + post % (3, b"aaa"))
        for length in (1, 2, 3):
            assert await response(reader) == (200, b'{"length": %d}' % length)
        writer.close()


async def test_wish_to_upgrade_is_answered_as_plain_http(serve: Serve) -> None:
    async with serve(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n")
        answer = await until_closed(reader, 1)
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"connection: close" in answer
        writer.close()
