"""Addresses over HTTP: one default, only one's own, erased at once, and an order's copy that stays."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.client import Client, problem_of
from tests.members.test_http import guest, sign_up  # noqa: F401 - a fixture

HOME = {
    "name": "小满",
    "phone": "+8613800138000",
    "region_id": "CN-SH",
    "city": "上海",
    "street": "人民路 88 号",
}


@pytest.fixture
async def pair(guest: Client, server_url: str) -> AsyncIterator[tuple[Client, Client]]:  # noqa: F811 - a fixture
    """Return two members."""
    made = [Client(server_url, (await sign_up(guest))["token"]) for _ in range(2)]
    yield made[0], made[1]
    for client in made:
        await client.close()


def defaults(page: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(one["street"], one["is_default"]) for one in page["items"]]


async def test_there_is_always_one_default_while_there_is_one(pair: tuple[Client, Client]) -> None:
    member, _ = pair
    first = await member.post("/members/me/addresses", HOME)
    assert first["is_default"]
    second = await member.post("/members/me/addresses", HOME | {"street": "二", "is_default": True})
    assert defaults(await member.get("/members/me/addresses")) == [("二", True), ("人民路 88 号", False)]
    changed = await member.put(f"/members/me/addresses/{first['address_id']}", HOME | {"is_default": True})
    assert changed["is_default"]
    assert defaults(await member.get("/members/me/addresses")) == [("人民路 88 号", True), ("二", False)]
    rest = await member.delete(f"/members/me/addresses/{first['address_id']}")
    assert defaults(rest) == [("二", True)]
    assert rest["items"][0]["address_id"] == second["address_id"]


async def test_another_members_address_does_not_exist(pair: tuple[Client, Client]) -> None:
    member, other = pair
    mine = (await member.post("/members/me/addresses", HOME))["address_id"]
    assert (await other.get("/members/me/addresses"))["items"] == []
    assert await problem_of(other.put(f"/members/me/addresses/{mine}", HOME)) == (404, "not_found")
    assert await problem_of(other.delete(f"/members/me/addresses/{mine}")) == (404, "not_found")
    assert await problem_of(member.post("/members/me/addresses", HOME | {"region_id": "CN-XX"})) == (
        422,
        "unknown_region",
    )


async def test_one_too_many(pair: tuple[Client, Client]) -> None:
    member, _ = pair
    for number in range(20):
        await member.post("/members/me/addresses", HOME | {"street": str(number)})
    assert await problem_of(member.post("/members/me/addresses", HOME)) == (409, "too_many_addresses")
