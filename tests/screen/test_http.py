"""The screen over HTTP with a real worker: totals, the stream, who may see what."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from fairday.kernel import outbox
from fairday.kernel.tx import Database
from tests.catalog.test_http import seat
from tests.client import Client, Problem
from tests.screen.builders import paid, refunded


@pytest.fixture
async def guest(server_url: str) -> AsyncIterator[Client]:
    client = Client(server_url)
    yield client
    await client.close()


FIELDS = [
    "festival", "now", "as_of", "delay_ms", "stale", "currency", "gmv_minor", "gmv_online_minor", "gmv_in_store_minor",
    "refunded_minor", "orders_count", "redemptions_count", "claims_count", "members_count", "orders_per_s",
    "orders_per_s_peak", "orders_per_s_peak_at", "provinces", "top_stores", "top_products", "series", "definition",
    "definition_en", "top_merchants", "records", "sold_out", "flights", "ghost",
]  # fmt: skip


async def until(guest: Client, holds: Any) -> dict[str, Any]:
    for _ in range(100):
        totals = await guest.get("/screen")
        if holds(totals):
            return totals
        await asyncio.sleep(0.1)
    raise AssertionError(totals)


async def test_what_is_sold_appears_within_seconds_and_a_refund_stands_apart(
    guest: Client, database: Database
) -> None:
    before = await until(guest, lambda totals: not totals["stale"])
    assert list(before) == FIELDS
    async with database.transaction() as (tx, now):
        order = paid(now, total_minor=12_345, merchant_id=f"mer_{uuid.uuid4().hex[:20]}")
        await outbox.publish(tx, [order, order], now)
    after = await until(guest, lambda totals: totals["orders_count"] > before["orders_count"])
    assert after["gmv_minor"] == before["gmv_minor"] + 12_345
    assert after["orders_count"] == before["orders_count"] + 1
    async with database.transaction() as (tx, now):
        await outbox.publish(tx, [refunded(order, now, 45)], now)
    refund = await until(guest, lambda totals: totals["refunded_minor"] > before["refunded_minor"])
    assert refund["refunded_minor"] == before["refunded_minor"] + 45
    assert refund["gmv_minor"] == after["gmv_minor"]


async def test_the_stream_tells_the_totals_about_once_a_second(server_url: str) -> None:
    accept = {"accept": "text/event-stream"}
    async with (
        httpx2.AsyncClient(base_url=server_url, timeout=10) as http,
        http.stream("GET", "/v1/screen/stream", headers=accept) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream"
        lines = answer.aiter_lines()
        heard = []
        loop = asyncio.get_running_loop()
        started = loop.time()
        async for line in lines:
            if line.startswith("data: "):
                heard.append(json.loads(line[6:]))
            if len(heard) == 4:
                break
        assert loop.time() - started < 6
    assert all(list(one) == FIELDS for one in heard)
    assert heard[-1]["now"] > heard[0]["now"]


async def test_many_watch_and_leave(server_url: str, guest: Client) -> None:
    async def watch(http: httpx2.AsyncClient) -> int:
        async with http.stream("GET", "/v1/screen/stream") as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    return answer.status_code
        return 0

    for _ in range(2):
        async with httpx2.AsyncClient(base_url=server_url, timeout=20) as http:
            assert set(await asyncio.gather(*[watch(http) for _ in range(60)])) == {200}
    assert (await guest.get("/screen"))["definition"]


async def test_a_merchant_sees_its_own_share_and_nobody_elses(
    server_url: str, guest: Client, database: Database
) -> None:
    mine, merchant_id = await seat(server_url, database)
    other, _ = await seat(server_url, database)
    async with database.transaction() as (tx, now):
        order = paid(
            now, merchant_id=None, lines=[("sku_1", merchant_id, 1, 7_000), ("sku_2", "mer_x", 1, 3_000)]
        )
        await outbox.publish(tx, [order], now)
    for _ in range(100):
        share = await mine.get("/screen/mine")
        if share["totals"]:
            break
        await asyncio.sleep(0.1)
    assert [(one["gmv_minor"], one["orders_count"]) for one in share["totals"]] == [(7_000, 1)]
    assert (await other.get("/screen/mine"))["totals"] == []
    with pytest.raises(Problem) as caught:
        await guest.get("/screen/mine")
    assert caught.value.status == 401
    await mine.close()
    await other.close()
