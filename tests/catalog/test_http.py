"""The catalogue over HTTP: who may, what is shown, prices that open on the instant, imports."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from fairday.festivals import service as festivals
from fairday.festivals.types import FestivalDraft, PhaseDraft, PhaseKind
from fairday.identity import service as identity
from fairday.identity.types import AccountDraft, MerchantDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database
from tests.client import Client, Problem, refused


async def seat(url: str, database: Database, role: Role = Role.MERCHANT) -> tuple[Client, str]:
    """Return a client of a new merchant (or operator) and the merchant's id."""
    async with database.transaction() as (tx, now):
        merchant = await identity.create_merchant(tx, MerchantDraft(name="好物铺"), now)
        mine = merchant.merchant_id if role is Role.MERCHANT else None
        account = await identity.create_account(
            tx, AccountDraft(role=role, name="who", merchant_id=mine), now
        )
        token, _ = await identity.open_session(tx, account.account_id, ttl_s=3600, now=now)
    return Client(url, token), merchant.merchant_id


@pytest.fixture
async def shop(server_url: str, database: Database) -> AsyncIterator[tuple[Client, str]]:
    client, merchant_id = await seat(server_url, database)
    yield client, merchant_id
    await client.close()


@pytest.fixture
async def guest(server_url: str) -> AsyncIterator[Client]:
    client = Client(server_url)
    yield client
    await client.close()


def body(**change: Any) -> dict[str, Any]:
    sku = {"external_id": uuid.uuid4().hex[:10], "price_minor": 10_000, "options": {"颜色": "红"}}
    return {
        "external_id": uuid.uuid4().hex[:10],
        "name": "会发光的手机壳",
        "name_en": "Glowing case",
        "skus": [sku],
    } | change


async def test_a_product_is_made_found_and_changed(shop: tuple[Client, str], guest: Client) -> None:
    client, merchant_id = shop
    key = uuid.uuid4().hex
    draft = body()
    made = await client.post("/products", draft, key=key)
    assert await client.post("/products", draft, key=key) == made
    await refused(client.post("/products", draft), 409, "external_id_taken")
    (card,) = (await guest.get("/products", q="发光 手机壳", merchant_id=merchant_id))["items"]
    (sku,) = made["skus"]
    assert (card["sku_id"], card["price_now_minor"], card["skus_count"]) == (sku["sku_id"], 10_000, 1)
    assert (await guest.get("/products", q="glow", merchant_id=merchant_id))["items"] == [card]
    assert (await guest.get(f"/products/{made['product_id']}")) == made
    assert (await guest.get(f"/skus/{sku['sku_id']}")) == sku
    low = client.patch(f"/skus/{sku['sku_id']}", {"price_minor": 100})
    problem = await refused(low, 409, "price_far_below")
    assert "confirm_price" in problem.document["detail"]
    cheap = await client.patch(f"/skus/{sku['sku_id']}", {"price_minor": 100, "confirm_price": True})
    assert cheap["price_now_minor"] == 100
    history = await client.get(f"/skus/{sku['sku_id']}/price-history")
    assert [one["price_minor_after"] for one in history["items"]] == [100]
    more = await client.post(
        f"/products/{made['product_id']}/skus", {"skus": [{"external_id": "more", "price_minor": 50}]}
    )
    assert len(more["skus"]) == 2
    await client.patch(f"/products/{made['product_id']}", {"status": "archived"})
    await refused(guest.get(f"/products/{made['product_id']}"), 404, "not_found")
    await refused(guest.get(f"/skus/{sku['sku_id']}"), 404, "not_found")
    assert (await client.get(f"/products/{made['product_id']}"))["status"] == "archived"
    assert (await guest.get("/products", merchant_id=merchant_id))["items"] == []
    assert len((await client.get("/products", merchant_id=merchant_id, status="archived"))["items"]) == 1
    await refused(guest.get("/products", merchant_id=merchant_id, status="archived"), 422, "bad_input")


async def test_other_people_may_not(
    shop: tuple[Client, str], guest: Client, server_url: str, database: Database
) -> None:
    client, merchant_id = shop
    made = await client.post("/products", body())
    sku_id = made["skus"][0]["sku_id"]
    stranger, _ = await seat(server_url, database)
    for who, status, code in ((guest, 401, "not_signed_in"), (stranger, 404, "not_found")):
        await refused(who.patch(f"/products/{made['product_id']}", {"name": "x"}), status, code)
        await refused(who.patch(f"/skus/{sku_id}", {"price_minor": 9_000}), status, code)
        await refused(who.put(f"/skus/{sku_id}/phase-prices/pha_1", {"price_minor": 9_000}), status, code)
        await refused(who.get(f"/skus/{sku_id}/price-history"), status, code)
    await refused(stranger.post("/products", body(merchant_id=merchant_id)), 404, "not_found")
    operator, _ = await seat(server_url, database, Role.OPERATOR)
    assert (await operator.post("/products", body(merchant_id=merchant_id)))["merchant_id"] == merchant_id
    await stranger.close()
    await operator.close()


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""}, {"name": "  "}, {"name": "x" * 301}, {"skus": []}, {"unknown": 1}, {"image": "javascript:alert(1)"},
        {"skus": [{"external_id": "a", "price_minor": -1}]}, {"skus": [{"external_id": "a", "price_minor": 10**15}]},
        {"skus": [{"external_id": "a", "price_minor": 1.5}]}, {"skus": [{"external_id": "a", "currency": "yuan"}]},
        {"skus": [{"external_id": "a", "gtin": "12"}]}, {"skus": [{"external_id": "a", "gtin": "6901234567893"}]},
        {"skus": [{"external_id": "a", "options": {str(n): "x" for n in range(7)}}]}, {"status": "sold"}, {"tags": ["x"] * 21},
    ],
)  # fmt: skip
async def test_bad_products_are_refused(shop: tuple[Client, str], change: dict[str, Any]) -> None:
    with pytest.raises(Problem) as caught:
        await shop[0].post("/products", body(**change))
    assert caught.value.status == 422


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 101},
        {"cursor": "abc"},
        {"q": "x" * 121},
        {"merchant_id": "x"},
        {"status": "no"},
        {"nope": 1},
    ],
)
async def test_bad_queries_are_refused(guest: Client, query: dict[str, Any]) -> None:
    await refused(guest.get("/products", **query), 422, "bad_input")


@pytest.mark.parametrize("q", ["'", "\\", "a:*", "a & | !", "((", "<->", "%", "🎁", "６６６", " "])
async def test_any_text_may_be_searched(guest: Client, q: str) -> None:
    assert "items" in await guest.get("/products", q=q)


async def test_pages_of_a_merchant(shop: tuple[Client, str], guest: Client) -> None:
    client, merchant_id = shop
    for n in range(5):
        await client.post("/products", body(name=f"台灯 {n}"))
    for query in ({}, {"q": "台灯"}):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = await guest.get("/products", merchant_id=merchant_id, limit=2, **query, **cursor)
            seen += [item["name"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert sorted(seen) == [f"台灯 {n}" for n in range(5)]


async def test_a_phase_price_opens_and_closes_on_the_instant(
    shop: tuple[Client, str], guest: Client, database: Database
) -> None:
    client, _ = shop
    sku = (await client.post("/products", body()))["skus"][0]
    async with database.transaction() as (tx, now):
        window = PhaseDraft(
            kind=PhaseKind.SALE,
            name="正日",
            name_en="Day",
            starts_at=now + timedelta(seconds=1.5),
            ends_at=now + timedelta(seconds=3.5),
        )
        festival = await festivals.create(tx, FestivalDraft(name="节", name_en="Fair", phases=(window,)), now)
        await festivals.publish(tx, festival.festival_id, now)
    phase_id = festival.phases[0].phase_id
    path = f"/skus/{sku['sku_id']}"
    set_price = await client.put(f"{path}/phase-prices/{phase_id}", {"price_minor": 5_000})
    assert set_price["phase_prices"] == [{"phase_id": phase_id, "price_minor": 5_000}]
    seen: list[tuple[int, str | None, int | None]] = []
    for _ in range(60):
        now_shown = await guest.get(path)
        shown = (now_shown["price_now_minor"], now_shown["phase_id"], now_shown["reference_minor"])
        if not seen or seen[-1] != shown:
            seen.append(shown)
        if len(seen) == 3:
            break
        await asyncio.sleep(0.1)
    assert seen == [(10_000, None, None), (5_000, phase_id, 10_000), (10_000, None, None)]
    removed = await client.delete(f"{path}/phase-prices/{phase_id}")
    assert removed["phase_prices"] == []


CSV = "external_id,name,price,gtin\nA,台灯,39.00,6901234567892\nB,Mug,free,\nC,Cup,1.00,6901234567893\n"


async def test_an_import_keeps_good_rows_and_tells_bad_ones(shop: tuple[Client, str]) -> None:
    client, merchant_id = shop
    key = uuid.uuid4().hex
    first = await client.post("/imports/products", raw=CSV.encode(), media="text/csv", key=key)
    assert (first["created_count"], first["error_count"]) == (1, 2)
    assert [(one["line"], one["column"], one["code"]) for one in first["errors"]] == [
        (3, "price", "bad_price"),
        (4, "gtin", "bad_gtin"),
    ]
    assert await client.post("/imports/products", raw=CSV.encode(), media="text/csv", key=key) == first
    again = await client.post("/imports/products", raw=CSV.encode(), media="text/csv")
    assert (again["created_count"], again["unchanged_count"]) == (0, 1)
    dry = await client.post(
        "/imports/products", raw=CSV.replace("A,", "Z,").encode(), media="text/csv", dry_run="true"
    )
    assert dry["is_dry_run"] is True
    feed = "<rss><channel><item><id>G1</id><title>Lamp</title><price>12.00 CNY</price></item></channel></rss>"
    google = await client.post(
        "/imports/products", raw=feed.encode(), media="application/xml", format="google"
    )
    assert google["created_count"] == 1
    assert len((await client.get("/products", merchant_id=merchant_id))["items"]) == 2


@pytest.mark.parametrize(
    ("raw", "media", "query", "status", "code"),
    [
        (b"", "text/csv", {}, 422, "empty_file"),
        (b"a,b\n1,2\n", "text/csv", {}, 422, "missing_columns"),
        (b"a,b\n1,2\n", "application/json", {}, 415, "wrong_media_type"),
        (b"\xff\xfea\x00", "text/csv", {}, 422, "wrong_encoding"),
        (b"<rss><oops", "text/xml", {"format": "google"}, 422, "bad_feed"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><rss/>', "text/xml", {"format": "google"}, 422, "bad_feed"),
        (b"x", "text/csv", {"format": "excel"}, 422, "bad_input"),
        (b"x" * (32 * 1024 * 1024 + 1), "text/csv", {}, 413, "body_too_large"),
    ],
)  # fmt: skip
async def test_what_is_no_product_file_is_refused(
    shop: tuple[Client, str], raw: bytes, media: str, query: dict[str, str], status: int, code: str
) -> None:
    await refused(shop[0].post("/imports/products", raw=raw, media=media, **query), status, code)


async def test_suggestions_are_words_that_find_something(shop: tuple[Client, str], guest: Client) -> None:
    owner, _ = shop
    word = uuid.uuid4().hex[:8]
    brand = f"灯铺{word}"
    await owner.post("/products", body(name=f"纸灯笼 {word}", name_en=None, brand=brand))
    await owner.post("/products", body(name=f"纸灯笼 {word}", name_en=None, brand=brand))
    told = [one["words"] for one in (await guest.get("/suggestions", q=word))["items"]]
    assert told == [brand, f"纸灯笼 {word}"]
    for words in told:
        assert len((await guest.get("/products", q=words))["items"]) == 2
    assert (await guest.get("/suggestions", q="没有这样的东西"))["items"] == []
    assert len((await guest.get("/suggestions", q=word, limit=1))["items"]) == 1
