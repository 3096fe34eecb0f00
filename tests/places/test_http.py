"""Find, add, change and import places over HTTP, as merchants and as strangers do."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft, MerchantDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database
from tests.client import Client, problem_of

HEAD = "external_id,name,region,latitude,longitude\n"


class Signed(Client):
    """Hold a signed-in client and its merchant."""

    merchant_id = ""


async def signed_in(database: Database, url: str, role: Role) -> Signed:
    """Return a client of a new account; merchants get a merchant of their own."""
    async with database.transaction() as (tx, now):
        merchant_id = None
        if role is Role.MERCHANT:
            merchant_id = (await identity.create_merchant(tx, MerchantDraft(name="店"), now)).merchant_id
        draft = AccountDraft(role=role, name="n", merchant_id=merchant_id)
        account = await identity.create_account(tx, draft, now)
        token, _ = await identity.open_session(tx, account.account_id, ttl_s=600, now=now)
    client = Signed(url, token)
    client.merchant_id = merchant_id or ""
    return client


@pytest.fixture
async def shop(database: Database, server_url: str) -> AsyncIterator[Signed]:
    """Return a merchant of its own."""
    client = await signed_in(database, server_url, Role.MERCHANT)
    yield client
    await client.close()


@pytest.fixture
async def stranger(database: Database, server_url: str) -> AsyncIterator[Signed]:
    """Return another merchant."""
    client = await signed_in(database, server_url, Role.MERCHANT)
    yield client
    await client.close()


@pytest.fixture
async def operator(database: Database, server_url: str) -> AsyncIterator[Signed]:
    """Return an operator."""
    client = await signed_in(database, server_url, Role.OPERATOR)
    yield client
    await client.close()


@pytest.fixture
async def guest(server_url: str) -> AsyncIterator[Client]:
    """Return a client without a token."""
    client = Client(server_url)
    yield client
    await client.close()


def a_store(**changes: Any) -> dict[str, Any]:
    """Return the body of a good store with some changes."""
    body = {
        "external_id": new_id("s"),
        "name": "人民广场店",
        "region_id": "CN-SH",
        "latitude": 31.2,
        "longitude": 121.4,
    }
    return body | changes


async def test_a_store_is_added_seen_by_all_and_changed_by_its_own(
    shop: Signed, stranger: Signed, guest: Client
) -> None:
    hours = [{"weekday": day, "opens": "00:00", "closes": "24:00"} for day in range(1, 8)]
    made = await shop.post("/stores", a_store(hours=hours))
    assert made["merchant_id"] == shop.merchant_id
    seen = await guest.get(f"/stores/{made['store_id']}")
    assert (seen["is_open_now"], seen["distance_m"]) == (True, None)
    change = {"status": "paused"}
    assert await problem_of(stranger.patch(f"/stores/{made['store_id']}", change)) == (404, "not_found")
    assert await problem_of(stranger.patch("/stores/sto_none", change)) == (404, "not_found")
    assert (await shop.patch(f"/stores/{made['store_id']}", change))["status"] == "paused"
    assert (await guest.get(f"/stores/{made['store_id']}"))["is_open_now"] is False


async def test_the_nearest_come_first_and_only_within_the_radius(shop: Signed, guest: Client) -> None:
    for step in range(5):
        await shop.post("/stores", a_store(latitude=-48.0 - step / 100, longitude=-123.0))
    query = {"near": "-48.0,-123.0", "merchant_id": shop.merchant_id}
    page = await guest.get("/stores", **query, limit=3)
    assert [one["distance_m"] for one in page["items"]] == [0, 1112, 2224]
    assert len((await guest.get("/stores", **query, radius_m=1111))["items"]) == 1
    assert len((await guest.get("/stores", **query, radius_m=1112))["items"]) == 2
    other = await guest.get("/stores", near="48.0,57.0", merchant_id=shop.merchant_id)
    assert other["items"] == []


async def test_all_stores_of_a_merchant_come_in_pages(shop: Signed, guest: Client) -> None:
    made = [(await shop.post("/stores", a_store()))["store_id"] for _ in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await guest.get("/stores", merchant_id=shop.merchant_id, limit=2, **cursor)
        seen += [one["store"]["store_id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == made


async def test_malls_gather_stores_of_several_merchants(
    operator: Signed, shop: Signed, stranger: Signed, guest: Client
) -> None:
    body = {
        "external_id": new_id("m"),
        "name": "江畔广场",
        "region_id": "CN-SH",
        "latitude": 31.2,
        "longitude": 121.4,
    }
    mall = await operator.post("/malls", body)
    for client in (shop, stranger):
        await client.post("/stores", a_store(mall_id=mall["mall_id"]))
    await shop.post("/stores", a_store())
    for query in ({}, {"near": "31.2,121.4"}):
        page = await guest.get("/stores", mall_id=mall["mall_id"], **query)
        owners = {one["store"]["merchant_id"] for one in page["items"]}
        assert owners == {shop.merchant_id, stranger.merchant_id}
        assert len(page["items"]) == 2
    assert (await guest.get(f"/malls/{mall['mall_id']}"))["name"] == "江畔广场"
    assert await problem_of(shop.post("/malls", body)) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"near": "31.2"}, (422, "bad_near")),
        ({"near": "91,0"}, (422, "bad_near")),
        ({"near": "0,181"}, (422, "bad_near")),
        ({"near": "NaN,0"}, (422, "bad_near")),
        ({"near": "1e1,0"}, (422, "bad_near")),
        ({"near": "31.2,121.4", "radius_m": 0}, (422, "bad_input")),
        ({"near": "31.2,121.4", "limit": 101}, (422, "bad_input")),
        ({"near": "31.2,121.4", "region_id": "CN-SH"}, (422, "bad_input")),
        ({"cursor": "x"}, (422, "bad_input")),
        ({"nearby": "1"}, (422, "bad_input")),
    ],
)
async def test_searches_that_cannot_be_read_are_refused(
    guest: Client, query: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert await problem_of(guest.get("/stores", **query)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"latitude": 91}, (422, "bad_input")),
        ({"hours": [{"weekday": 8, "opens": "09:00", "closes": "22:00"}]}, (422, "bad_input")),
        ({"hours": [{"weekday": 1, "opens": "9:00", "closes": "22:00"}]}, (422, "bad_input")),
        ({"region_id": "CN-QQ"}, (422, "unknown_region")),
        ({"mall_id": "mal_none"}, (422, "unknown_mall")),
        ({"time_zone": "Mars/Base"}, (422, "unknown_time_zone")),
        ({"latitude": 0, "longitude": 0}, (422, "no_coordinates")),
        ({"merchant_id": "mer_other"}, (404, "not_found")),
        ({"store_id": "sto_mine"}, (422, "bad_input")),
    ],
)
async def test_stores_that_cannot_be_are_refused(
    shop: Signed, change: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert await problem_of(shop.post("/stores", a_store(**change))) == expected


async def test_an_import_keeps_good_rows_and_replays_its_answer(shop: Signed, guest: Client) -> None:
    body = (HEAD + "A,茶馆,CN-SH,31.2,121.4\nB,=1+1,CN-SH,31.2,121.4\n").encode()
    rehearsed = await shop.post("/imports/places", raw=body, media="text/csv", dry_run="true")
    assert (rehearsed["created_count"], rehearsed["is_dry_run"]) == (1, True)
    key = uuid.uuid4().hex
    report = await shop.post("/imports/places", raw=body, media="text/csv", key=key)
    assert (report["created_count"], report["error_count"]) == (1, 1)
    assert report["errors"][0]["code"] == "formula"
    assert await shop.post("/imports/places", raw=body, media="text/csv", key=key) == report
    other = shop.post("/imports/places", raw=body + b"\n", media="text/csv", key=key)
    assert await problem_of(other) == (422, "idempotency_conflict")
    again = await shop.post("/imports/places", raw=body, media="text/csv")
    assert (again["created_count"], again["unchanged_count"]) == (0, 1)
    page = await guest.get("/stores", merchant_id=shop.merchant_id)
    assert [one["store"]["name"] for one in page["items"]] == ["茶馆"]


@pytest.mark.parametrize(
    ("body", "media", "query", "expected"),
    [
        (b"", "text/csv", {}, (422, "empty_file")),
        (b"name\nx\n", "text/csv", {}, (422, "missing_columns")),
        ((HEAD + "A,茶馆,CN-SH,31.2,121.4\n").encode("gbk"), "text/csv", {}, (422, "wrong_encoding")),
        (b"PK\x03\x04", "text/csv", {}, (422, "wrong_encoding")),
        (HEAD.encode(), "application/json", {}, (415, "wrong_media_type")),
        (HEAD.encode(), "text/csv", {"merchant_id": "mer_other"}, (404, "not_found")),
        (HEAD.encode(), "text/csv", {"dry_run": "yes"}, (422, "bad_input")),
    ],
)
async def test_files_that_cannot_be_taken_are_refused(
    shop: Signed, body: bytes, media: str, query: dict[str, str], expected: tuple[int, str]
) -> None:
    assert await problem_of(shop.post("/imports/places", raw=body, media=media, **query)) == expected


async def test_a_file_of_twelve_megabytes_is_taken_while_others_are_served(
    shop: Signed, guest: Client
) -> None:
    rows = "".join(
        f"K{n},{'店' * 100},CN-SH,{20 + n / 4000:.4f},{100 + n / 4000:.4f}\n" for n in range(34_000)
    )
    body = (HEAD + rows).encode()
    assert len(body) > 8 * 1024 * 1024
    importing = asyncio.create_task(shop.post("/imports/places", raw=body, media="text/csv", dry_run="true"))
    served = 0
    while not importing.done():
        await guest.get("/regions")
        served += 1
    assert (await importing)["created_count"] == 34_000
    assert served > 3


async def test_regions_are_there(guest: Client) -> None:
    regions = (await guest.get("/regions"))["items"]
    assert {"CN", "CN-SH", "CN-HK", "CN-TW"} <= {one["region_id"] for one in regions}
