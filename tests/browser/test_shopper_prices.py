"""What a card tells: the price with coupons, what is sold out; and the order in which found things stand."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from fairday.kernel.tx import Database
from tests.browser.desk import PHONE, faults
from tests.journeys.people import City


@pytest.fixture
async def city(server_url: str, database: Database) -> AsyncIterator[City]:
    """Return people and shops at the server."""
    made = City(server_url, database)
    yield made
    await made.close()


async def test_cards_tell_the_price_with_coupons_and_are_put_in_order(
    browser: Browser, server_url: str, city: City
) -> None:
    """See 20 off from 100 on the dear one, sort by price both ways, leave out what is sold out; the product says the same."""
    shop = await city.shop([20_000, 5_000, 8_000], currency="HKD")
    await city.coupon(shop.client, currency="HKD")
    gone = {"sku_id": shop.sku_ids[1], "store_id": shop.store_id, "on_hand": 0}
    await shop.client.put("/stock/levels", {"rows": [gone]})
    context = await browser.new_context(viewport=PHONE, locale="zh-CN", service_workers="block")
    page = await context.new_page()
    await page.goto(f"{server_url}/shop/search?shop={shop.merchant_id}&lang=zh")
    tiles = page.locator(".tile")
    await expect(tiles).to_have_count(3)
    await expect(tiles.filter(has_text="1 号")).to_contain_text("券后 $180")
    await expect(tiles.filter(has_text="2 号")).to_contain_text("暂时无货")
    await expect(tiles.filter(has_text="3 号")).not_to_contain_text("券后")
    assert await faults(page) == []
    await page.get_by_role("button", name="按价格排序").click()
    await expect(tiles.first).to_contain_text("2 号")
    await page.get_by_role("button", name="价格从低到高").click()
    await expect(tiles.first).to_contain_text("1 号")
    await page.get_by_role("button", name="仅看有货").click()
    await expect(tiles).to_have_count(2)
    await expect(tiles.filter(has_text="2 号")).to_have_count(0)
    await tiles.filter(has_text="1 号").click()
    await expect(page.get_by_test_id("with-coupons")).to_have_text("券后 $180")
    await context.close()
