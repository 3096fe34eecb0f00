"""Register, read, rotate, replay and delete over HTTP; hear real events from a running worker."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec
import pytest
import standardwebhooks

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft, MerchantDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database, Tx
from tests.client import Client, Problem
from tests.conftest import Server, make_database
from tests.webhooks.test_sender import Receiver

GOOD = {"url": "https://8.8.8.8/fairday", "event_types": ["identity.*"], "description": "stock system"}


@pytest.fixture
async def merchants(server_url: str, database: Database) -> AsyncIterator[tuple[Client, Client]]:
    """Return two merchants."""
    clients = [Client(server_url, (await _merchant(database))[0]) for _ in range(2)]
    yield clients[0], clients[1]
    for client in clients:
        await client.close()


async def _merchant(database: Database) -> tuple[str, str]:
    async def work(tx: Tx, now: datetime) -> tuple[str, str]:
        merchant = await identity.create_merchant(tx, MerchantDraft(name="m"), now)
        account = await identity.create_account(
            tx, AccountDraft(role=Role.MERCHANT, name="m", merchant_id=merchant.merchant_id), now
        )
        token, _ = await identity.open_session(tx, account.account_id, ttl_s=3600, now=now)
        return token, merchant.merchant_id

    return await database.run(work)


async def refused(call: Any) -> tuple[int, str]:
    """Return status and code of the problem that `call` gives."""
    with pytest.raises(Problem) as problem:
        await call
    return problem.value.status, str(problem.value.code)


async def test_an_endpoint_from_first_to_last(merchants: tuple[Client, Client]) -> None:
    mine, theirs = merchants
    made = await mine.post("/webhook-endpoints", GOOD)
    assert made["secret"].startswith("whsec_")
    endpoint_id = made["endpoint"]["endpoint_id"]
    path = f"/webhook-endpoints/{endpoint_id}"
    assert await mine.get(path) == made["endpoint"]
    assert (await mine.get("/webhook-endpoints"))["items"] == [made["endpoint"]]
    assert (await theirs.get("/webhook-endpoints"))["items"] == []
    rotated = await mine.post(f"{path}/secret-rotations", {"overlap_s": 60})
    assert rotated["secret"] != made["secret"]
    assert (await mine.get(f"{path}/deliveries", status="dead"))["items"] == []
    assert (await mine.post(f"{path}/replays", {"from_sequence": 1})) == {"replayed_count": 0}
    for call in (
        theirs.get(path),
        theirs.delete(path),
        theirs.get(f"{path}/deliveries"),
        theirs.post(f"{path}/replays", {"from_sequence": 1}),
        theirs.post(f"{path}/secret-rotations", {}),
        mine.get("/webhook-endpoints/whk_0"),
    ):
        assert await refused(call) == (404, "not_found")
    assert await mine.delete(path) is None
    assert await refused(mine.get(path)) == (404, "not_found")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"url": "http://8.8.8.8/"}, (422, "url_not_allowed")),
        ({"url": "https://127.0.0.1/"}, (422, "url_not_allowed")),
        ({"url": "http://127.0.0.1:9/"}, (422, "url_not_allowed")),
        ({"url": "https://2130706433/"}, (422, "url_not_allowed")),
        ({"url": "https://[::ffff:10.0.0.1]/"}, (422, "url_not_allowed")),
        ({"url": "https://8.8.8.8:8711/"}, (422, "url_not_allowed")),
        ({"url": "https://no-such-host.invalid-fairday.com/"}, (422, "host_not_found")),
        ({"url": "x"}, (422, "bad_input")),
        ({"url": "https://8.8.8.8/" + "x" * 500}, (422, "bad_input")),
        ({"event_types": []}, (422, "bad_input")),
        ({"event_types": ["orders"]}, (422, "bad_input")),
        ({"event_types": ["orders.Pade"]}, (422, "unknown_event_type")),
        ({"secret": "whsec_mine"}, (422, "bad_input")),
    ],
)
async def test_bad_endpoints(
    merchants: tuple[Client, Client], change: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert await refused(merchants[0].post("/webhook-endpoints", GOOD | change)) == expected


async def test_bad_replays(merchants: tuple[Client, Client]) -> None:
    made = await merchants[0].post("/webhook-endpoints", GOOD)
    path = f"/webhook-endpoints/{made['endpoint']['endpoint_id']}/replays"
    assert await refused(merchants[0].post(path, {})) == (422, "nothing_to_replay")
    assert await refused(merchants[0].post(path, {"sequences": [0]})) == (422, "bad_input")
    assert await refused(merchants[0].post(path, {"sequences": [2**60]})) == (422, "bad_input")


async def test_a_running_worker_delivers_what_happened(postgres_url: str) -> None:
    """Let a merchant hear its own events only, signed, and let the operator hear all."""
    url = await make_database(postgres_url, f"fairday_hooks_http_{os.getpid()}")
    database = await Database.connect(url, size=2)
    server = await asyncio.to_thread(Server, url, with_worker=True, FAIRDAY_WEBHOOKS_LOOPBACK="1")
    try:
        (token, merchant_id), (_, other_id) = await _merchant(database), await _merchant(database)
        client = Client(server.url, token)
        async with Receiver() as receiver:
            made = await client.post(
                "/webhook-endpoints", {"url": receiver.url, "event_types": ["identity.*"]}
            )
            await asyncio.sleep(0.6)  # what happened before is delivered to nobody
            before = len(receiver.got)

            async def hire(tx: Tx, now: datetime) -> None:
                for owner in (merchant_id, other_id, merchant_id):
                    draft = AccountDraft(
                        role=Role.CLERK, name="c", login=f"c{uuid.uuid4().hex}", merchant_id=owner
                    )
                    await identity.create_account(tx, draft, now)

            await database.run(hire)
            for _ in range(200):
                if len(receiver.got) >= before + 2:
                    break
                await asyncio.sleep(0.05)
            heard = receiver.got[before:]
            assert len(heard) == 2
            for headers, body, _ in heard:
                event = standardwebhooks.Webhook(made["secret"]).verify(body, headers)
                assert event["type"] == "identity.AccountCreated"
                assert event["data"]["merchant_id"] == merchant_id
                assert msgspec.json.decode(body)["specversion"] == "1.0"
            path = f"/webhook-endpoints/{made['endpoint']['endpoint_id']}/deliveries"
            for _ in range(50):
                log = (await client.get(path))["items"]
                if {one["status"] for one in log} == {"delivered"}:
                    break
                await asyncio.sleep(0.1)
            assert [one["last_status"] for one in log] == [204] * len(log)
        await client.close()
    finally:
        await asyncio.to_thread(server.stop)
        await database.close()
