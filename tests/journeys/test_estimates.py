"""Journey: a card says what a thing costs with coupons; the shopper claims them, and pays exactly that."""

from datetime import timedelta

import pytest

from tests.client import Client
from tests.journeys.people import City, claim, lines, refused

pytestmark = pytest.mark.usefixtures("server")
HERE = "HKD"
"""A currency of our own, so that no coupon of another test fits."""


async def test_what_the_card_says_is_what_one_pays(city: City) -> None:
    shop = await city.shop([20_000, 5_000], currency=HERE)
    dear, cheap = shop.sku_ids
    off_20 = await city.coupon(shop.client, currency=HERE)
    percent = {
        "kind": "percent",
        "rate_bp": 1_000,
        "cap_minor": 900,
        "amount_minor": None,
        "threshold_minor": 0,
    }
    off_percent = await city.coupon(shop.client, currency=HERE, **percent)
    await city.coupon(shop.client, currency=HERE, channels=["in_store"], amount_minor=3_000)
    later = (await city.now() + timedelta(hours=1)).isoformat()
    await city.coupon(shop.client, currency=HERE, amount_minor=9_000, claim_starts_at=later)
    named = f"{dear},{cheap},{dear},sku_none"
    first, second = (await city.client().get("/estimates", sku_ids=named))["items"]
    assert (first["sku_id"], second["sku_id"]) == (dear, cheap)
    assert first["price_minor"] == 20_000
    assert second == {
        "sku_id": cheap,
        "currency": HERE,
        "price_minor": 5_000,
        "total_minor": 4_500,
        "coupon_ids": [off_percent],
        "is_in_stock": True,
    }
    assert set(first["coupon_ids"]) <= {off_20, off_percent}

    [member] = await city.members(1, wallet_minor=100_000, currency=HERE)
    claims = [await claim(member, coupon_id) for coupon_id in first["coupon_ids"]]
    cart = {"lines": lines(shop, 1, 0), "currency": HERE, "claim_ids": claims}
    quote = (await member.client.post("/quotes", cart))["quote"]
    assert quote["total_minor"] == first["total_minor"] <= 18_000
    for coupon_id in {off_20, off_percent} - set(first["coupon_ids"]):
        await claim(member, coupon_id)
    best = await member.client.post("/quotes", cart | {"claim_ids": [], "choosing": "best"})
    assert best["quote"]["total_minor"] == first["total_minor"]


async def test_a_card_tells_when_nothing_is_left(city: City) -> None:
    shop = await city.shop([7_000], currency=HERE)
    [one] = (await city.client().get("/estimates", sku_ids=shop.sku_ids[0]))["items"]
    assert one["price_minor"] == one["total_minor"] == 7_000
    await city.stock(shop, 0)
    [one] = (await city.client().get("/estimates", sku_ids=shop.sku_ids[0]))["items"]
    assert not one["is_in_stock"]
    for wrong in ("", "sku a", ",".join(["sku_1234"] * 51)):
        async with refused("bad_input"):
            await city.client().get("/estimates", sku_ids=wrong)


async def prices(client: Client, merchant_id: str, **query: str) -> list[int]:
    """Return the prices of a merchant's products, page by page of two."""
    found: list[int] = []
    more: dict[str, str] = {}
    while True:
        page = await client.get("/products", merchant_id=merchant_id, limit=2, **query, **more)
        found += [card["price_now_minor"] for card in page["items"]]
        if not page.get("next_cursor"):
            return found
        more = {"cursor": page["next_cursor"]}


async def test_products_are_put_in_order_of_price(city: City) -> None:
    shop = await city.shop([300, 100, 500, 100, 200])
    guest = city.client()
    assert await prices(guest, shop.merchant_id, sort="price") == [100, 100, 200, 300, 500]
    assert await prices(guest, shop.merchant_id, sort="-price") == [500, 300, 200, 100, 100]
    assert await prices(guest, shop.merchant_id, sort="price", q="茉莉花茶", category="tea") == [
        100,
        100,
        200,
        300,
        500,
    ]
    assert await prices(guest, shop.merchant_id, sort="price", q="没有这种") == []
    async with refused("bad_input"):
        await shop.client.get("/products", merchant_id=shop.merchant_id, status="draft", sort="price")
