"""Send over real sockets to receivers that are good, slow, broken, redirecting, endless, away or no TLS at all (X13)."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import standardwebhooks

from fairday.kernel import ids
from fairday.kernel.events import Recorded
from fairday.kernel.tx import Database
from fairday.webhooks import rules, sender, service, transport
from fairday.webhooks.sender import Sender
from fairday.webhooks.types import EndpointDraft, EndpointWithSecret, RegisterRequest, Replay
from tests.conftest import free_port, make_database

KIND = "tills.Paired"


class Receiver:
    """Listen on loopback and answer as told; `got` holds (headers, body) of each request that was read."""

    def __init__(
        self, answer: Any = b"HTTP/1.1 204 No Content\r\n\r\n", port: int = 0, *, is_rude: bool = False
    ) -> None:
        self.answer = answer
        self.port = port
        self.is_rude = is_rude
        self.got: list[tuple[dict[str, str], bytes, datetime]] = []
        self.connections = 0

    async def __aenter__(self) -> "Receiver":
        self.server = await asyncio.start_server(self.talk, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.is_rude:
            writer.write(b"220 this is no TLS\r\n")
            writer.close()
            return
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {
                    name.lower(): value
                    for name, _, value in (line.partition(": ") for line in head[1:] if line)
                }
                body = await reader.readexactly(int(headers["content-length"]))
                self.got.append((headers, body, datetime.now(UTC)))
                answer = self.answer(len(self.got)) if callable(self.answer) else self.answer
                if asyncio.iscoroutine(answer):
                    answer = await answer
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def numbers(self) -> list[int]:
        """Return the events' numbers in the order they came."""
        return [msgspec.json.decode(body)["data"]["n"] for _, body, _ in self.got]


@pytest.fixture(scope="module")
async def own_database(postgres_url: str) -> AsyncIterator[Database]:
    """Return a database of this module alone, so that no other worker sends for it."""
    database = await Database.connect(await make_database(postgres_url, f"fairday_hooks_{os.getpid()}"))
    yield database
    await database.close()


@pytest.fixture(autouse=True)
def _bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "known_types", lambda: [KIND])
    monkeypatch.setattr(transport, "TOTAL_S", 1.0)


async def listen(database: Database, url: str) -> EndpointWithSecret:
    """Register an endpoint for everything."""
    async with database.transaction() as (tx, now):
        draft = EndpointDraft(url=url, event_types=(KIND,))
        (made,) = await service.register(tx, [RegisterRequest(draft, None)], now)
    assert isinstance(made, EndpointWithSecret)
    return made


async def announce(database: Database, count: int) -> None:
    """Spread `count` numbered events."""
    async with database.transaction() as (tx, now):
        await service.fan_out(
            tx,
            [Recorded(1, n, ids.new_id("evt"), KIND, "x", None, now, now, {"n": n}) for n in range(count)],
            now,
        )


async def work(database: Database, seconds: float, name: Sender | None = None) -> Sender:
    """Look for due endpoints as the worker does."""
    sending = name or Sender(database, loopback=True)
    ends = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < ends:
        await sending.look()
        await asyncio.sleep(0.05)
    return sending


async def states(
    database: Database, made: EndpointWithSecret
) -> list[tuple[str, int, int | None, str | None]]:
    """Return (status, attempts, last status, last error) in order."""
    async with database.transaction() as (tx, _):
        found = await service.deliveries(tx, made.endpoint.endpoint_id, None, 2**53, None, 1000)
    return [(one.status.value, one.attempts, one.last_status, one.last_error) for one in reversed(found)]


async def forget(database: Database) -> None:
    """End every endpoint, so that the next test has its own."""
    async with database.transaction() as (tx, now):
        for endpoint in await service.endpoints(tx, None, "", 100):
            await service.delete(tx, endpoint.endpoint_id, None, now)


async def test_bad_receivers_delay_no_good_one(own_database: Database) -> None:
    count = 40

    def every_second(number: int) -> bytes:
        status = b"500 Oh" if number % 2 else b"200 OK"
        return b"HTTP/1.1 " + status + b"\r\ncontent-length: 2\r\n\r\nok"

    async def slow(number: int) -> bytes:
        await asyncio.sleep(30)
        return b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"

    async with (
        Receiver() as good,
        Receiver() as trap,
        Receiver(every_second) as flaky,
        Receiver(slow) as slug,
        Receiver(is_rude=True) as rude,
    ):
        redirect = f"HTTP/1.1 307 Go\r\nlocation: {trap.url}\r\ncontent-length: 0\r\n\r\n".encode()
        huge = b"HTTP/1.1 200 OK\r\ncontent-length: 10000000\r\n\r\n" + b"x" * 10_000_000
        async with Receiver(redirect) as mover, Receiver(huge) as chatter, Receiver(b"\x00garbage") as mad:
            urls = [good.url, flaky.url, slug.url, mover.url, chatter.url, mad.url]
            urls += [f"http://127.0.0.1:{free_port()}/", rude.url.replace("http:", "https:")]
            made = [await listen(own_database, url) for url in urls]
            started = datetime.now(UTC)
            await announce(own_database, count)
            sending = await work(own_database, 5)
            assert good.numbers() == list(range(count))
            assert max(at for _, _, at in good.got) - started < timedelta(seconds=2)
            assert [one[0] for one in await states(own_database, made[0])] == ["delivered"] * count
            # flaky: in order, repeats under the same id
            numbers = flaky.numbers()
            assert numbers == sorted(numbers)
            assert len(numbers) > len(set(numbers)) > 1
            first, again = flaky.got[0][0], flaky.got[1][0]
            assert first["webhook-id"] == again["webhook-id"]
            # slow, redirecting, mad, away, no TLS: the first in line waits with its error, nothing overtakes it
            for place, error in ((2, "no answer"), (3, None), (5, "Parser"), (6, "Connect"), (7, "TLS")):
                head, *rest = await states(own_database, made[place])
                assert head[0] == "pending"
                assert head[1] >= 1
                assert all(one[:2] == ("pending", 0) for one in rest)
                assert (
                    (head[3] is None and head[2] == 307) if error is None else (error in (head[3] or ""))
                ), head
            assert trap.got == []
            # ten megabytes of answer: delivered by its status, the rest never read
            assert chatter.numbers() == list(range(count))
            await forget(own_database)
            await sending.finish()


async def test_receiver_that_was_away_an_hour_gets_all_in_order(own_database: Database) -> None:
    port = free_port()
    made = await listen(own_database, f"http://127.0.0.1:{port}/hook")
    await announce(own_database, 120)
    sending = await work(own_database, 1.5)
    (head, *_) = await states(own_database, made)
    assert head[:2] == ("pending", head[1])
    assert head[1] >= 2
    async with own_database.transaction() as (tx, _):  # an hour passes
        await tx.execute("UPDATE webhooks.delivery SET gives_up_at = gives_up_at - interval '1 hour'")
        await tx.execute("UPDATE webhooks.endpoint SET next_attempt_at = clock_timestamp()")
    async with Receiver(port=port) as back:
        await work(own_database, 2, sending)
        assert back.numbers() == list(range(120))
        assert back.connections == 1
        assert {one[0] for one in await states(own_database, made)} == {"delivered"}
        # a replay keeps the ids and the order
        async with own_database.transaction() as (tx, now):
            replayed = await service.replay(
                tx, made.endpoint.endpoint_id, None, Replay(from_sequence=101), now
            )
        assert replayed == 20
        await work(own_database, 1, sending)
        assert back.numbers()[120:] == list(range(100, 120))
        seen = [headers["webhook-id"] for headers, _, _ in back.got]
        assert seen[100:120] == seen[120:]
    await forget(own_database)
    await sending.finish()


async def test_signatures_verify_with_both_secrets_during_a_rotation(own_database: Database) -> None:
    async with Receiver() as receiver:
        old = await listen(own_database, receiver.url)
        async with own_database.transaction() as (tx, now):
            new = await service.rotate_secret(tx, old.endpoint.endpoint_id, None, 3600, now)
        await announce(own_database, 1)
        sending = await work(own_database, 0.5)
        ((headers, body, _),) = receiver.got
        for secret in (old.secret, new.secret):
            event = standardwebhooks.Webhook(secret).verify(body, headers)
            assert event["id"] == headers["webhook-id"]
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            standardwebhooks.Webhook(service.new_secret()).verify(body, headers)
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            standardwebhooks.Webhook(new.secret).verify(body + b" ", headers)
        assert headers["content-type"].startswith("application/cloudevents+json")
        await forget(own_database)
        await sending.finish()


async def test_410_ends_the_endpoint(own_database: Database) -> None:
    async with Receiver(b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n") as receiver:
        made = await listen(own_database, receiver.url)
        await announce(own_database, 3)
        sending = await work(own_database, 0.6)
        assert len(receiver.got) == 1
        assert [one[0] for one in await states(own_database, made)] == ["cancelled"] * 3
        await sending.finish()
    await forget(own_database)


async def test_private_address_is_refused_when_sending(own_database: Database) -> None:
    """Let a name change between save and send: the connection is never made."""
    async with Receiver() as receiver:
        made = await listen(own_database, receiver.url)
        await announce(own_database, 1)
        sending = await work(own_database, 0.5, Sender(own_database, loopback=False))
        ((status, attempts, _, error),) = await states(own_database, made)
        assert (status, receiver.got) == ("pending", [])
        assert attempts >= 1
        assert "https" in (error or "")
        await forget(own_database)
        await sending.finish()


async def test_two_senders_share_the_work_and_never_an_endpoint(own_database: Database) -> None:
    async with Receiver() as one, Receiver() as two:
        for receiver in (one, two):
            await listen(own_database, receiver.url)
        await announce(own_database, 200)
        first, second = Sender(own_database, loopback=True), Sender(own_database, loopback=True)
        await asyncio.gather(work(own_database, 1.5, first), work(own_database, 1.5, second))
        for receiver in (one, two):
            assert receiver.numbers() == list(range(200))
        await forget(own_database)
        await asyncio.gather(first.finish(), second.finish())


def test_lease_is_longer_than_one_attempt() -> None:
    assert sender.service.LEASE.total_seconds() > 10.0 + 1.0
