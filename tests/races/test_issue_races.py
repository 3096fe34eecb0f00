"""The same races again as integrators see them: over HTTP, at two servers of two web workers each. Source: R25, R96,
I4, I14, I58."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from fairday.kernel.tx import Database
from tests.conftest import Server
from tests.journeys.people import City, Member


@pytest.fixture(scope="module")
async def two_servers(database_url: str) -> AsyncIterator[list[Server]]:
    """Return two servers on one database: four processes that answer."""
    servers = await asyncio.gather(*(asyncio.to_thread(Server, database_url, workers=2) for _ in range(2)))
    yield list(servers)
    await asyncio.gather(*(asyncio.to_thread(server.stop) for server in servers))


@pytest.fixture
async def city(two_servers: list[Server], database: Database) -> AsyncIterator[City]:
    """Return a city made through the first server."""
    city = City(two_servers[0].url, database)
    yield city
    await city.close()


async def at_once(
    servers: list[Server], asked: list[tuple[Member, str, Any, str]]
) -> list[tuple[int, dict[str, Any]]]:
    """Send all (member, path, body, key) at once, in turn to each server, many connections to each; return answers."""

    async def send(http: httpx2.AsyncClient, ask: tuple[Member, str, Any, str]) -> tuple[int, dict[str, Any]]:
        member, path, body, key = ask
        headers = {
            "authorization": member.client.http.headers["authorization"],
            "idempotency-key": key,
        }
        answer = await http.post(f"/v1{path}", json=body, headers=headers)
        return answer.status_code, answer.json()

    limits = httpx2.Limits(max_connections=40)
    clients = [httpx2.AsyncClient(base_url=server.url, timeout=30, limits=limits) for server in servers]
    try:
        return await asyncio.gather(
            *(send(clients[place % len(clients)], ask) for place, ask in enumerate(asked))
        )
    finally:
        for client in clients:
            await client.aclose()


def said(answers: list[tuple[int, dict[str, Any]]]) -> Counter[str]:
    """Count answers by refusal code, "done" for those that did."""
    return Counter("done" if status < 300 else document["code"] for status, document in answers)


async def test_a_thousand_members_take_exactly_a_hundred_coupons(
    two_servers: list[Server], city: City, database: Database
) -> None:
    coupon_id = await city.coupon(await city.operator(), is_platform=True, quantity_max=100)
    members = await city.members(1000)
    asked = [(one, f"/coupons/{coupon_id}/claims", {}, f"k{number}") for number, one in enumerate(members)]
    assert said(await at_once(two_servers, asked)) == {"done": 100, "sold_out": 900}
    count = "SELECT count(*) FROM coupons.claim WHERE coupon_id = $1"
    assert await database.pool.fetchval(count, coupon_id) == 100


async def test_one_key_fifty_times_is_one_order_with_one_answer(
    two_servers: list[Server], city: City, database: Database
) -> None:
    shop = await city.shop([10_000], on_hand=1000)
    [member] = await city.members(1, wallet_minor=1_000_000)
    line = {"sku_id": shop.sku_ids[0], "quantity": 1, "store_id": shop.store_id}
    body = {"lines": [line], "currency": "CNY", "expected_total_minor": 10_000, "pay_with": "wallet"}
    answers = await at_once(two_servers, [(member, "/orders", body, "one-intent")] * 50)
    assert said(answers) == {"done": 50}
    assert all(answer == answers[0] for answer in answers)
    rows = await database.pool.fetch(
        "SELECT order_id, wallet_minor FROM orders.purchase WHERE owner_id = $1", member.member_id
    )
    assert [tuple(row) for row in rows] == [(answers[0][1]["order_id"], 10_000)]
    [balance] = (await member.client.get("/wallet"))["balances"]
    assert balance["free_minor"] == 990_000


async def test_the_last_piece_goes_to_one_of_two_hundred_buyers(
    two_servers: list[Server], city: City, database: Database
) -> None:
    shop = await city.shop([10_000], on_hand=1)
    buyers = await city.members(200, wallet_minor=10_000)
    line = {"sku_id": shop.sku_ids[0], "quantity": 1, "store_id": shop.store_id}
    body = {"lines": [line], "currency": "CNY", "expected_total_minor": 10_000, "pay_with": "wallet"}
    answers = await at_once(
        two_servers, [(one, "/orders", body, f"k{number}") for number, one in enumerate(buyers)]
    )
    assert said(answers) == {"done": 1, "out_of_stock": 199}
    level = await database.pool.fetchrow(
        "SELECT on_hand, reserved FROM stock.level WHERE sku_id = $1", shop.sku_ids[0]
    )
    assert tuple(level) == (1, 1)


async def test_a_budget_in_money_is_not_passed_by_one_minor_unit(
    two_servers: list[Server], city: City, database: Database
) -> None:
    """Forty shoppers use coupons of 19.99 at once; the budget holds ten of them and 19.98 more."""
    boss, shop = await city.operator(), await city.shop([10_000], on_hand=1000)
    budget = {
        "amount_minor": 1_999,
        "budget_minor": 1_999 * 11 - 1,
        "quantity_max": 1000,
        "over_issue_bp": 100_000,
    }
    coupon_id = await city.coupon(boss, is_platform=True, **budget)
    shoppers = await city.members(40, wallet_minor=10_000)
    claims = await at_once(
        two_servers, [(one, f"/coupons/{coupon_id}/claims", {}, f"c{n}") for n, one in enumerate(shoppers)]
    )
    held = [
        (one, answer["claim_id"])
        for one, (status, answer) in zip(shoppers, claims, strict=True)
        if status < 300
    ]
    assert len(held) > 11, said(claims)
    line = {"sku_id": shop.sku_ids[0], "quantity": 1, "store_id": shop.store_id}
    body = {"lines": [line], "currency": "CNY", "expected_total_minor": 8_001, "pay_with": "wallet"}
    orders = await at_once(
        two_servers,
        [
            (one, "/orders", body | {"claim_ids": [claim_id]}, f"o{n}")
            for n, (one, claim_id) in enumerate(held)
        ],
    )
    assert said(orders)["done"] == 10, said(orders)
    spent = await database.pool.fetchval(
        "SELECT spent_minor FROM coupons.coupon WHERE coupon_id = $1", coupon_id
    )
    assert spent == 19_990
