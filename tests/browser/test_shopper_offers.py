"""A live offer on a phone: the price with it, how it came about, why others do not count, what to add; and it is in the order."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from fairday.kernel.tx import Database
from tests.browser.desk import faults
from tests.browser.shopping import PHONE, a_shopper
from tests.client import Client
from tests.journeys.people import City, operator


@pytest.fixture
async def city(server_url: str, database: Database) -> AsyncIterator[City]:
    """Return people and shops at the server; the offers of a test are stopped afterwards."""
    made = City(server_url, database)
    yield made
    boss = await made.operator()
    for one in (await boss.get("/offers", status="live"))["items"]:
        await boss.post(f"/offers/{one['offer_id']}/stops", {"reason": "the test is over"})
    await made.close()


@pytest.fixture
async def operators(server_url: str, database: Database) -> AsyncIterator[list[Client]]:
    """Return two operators."""
    two = [await operator(server_url, database) for _ in range(2)]
    yield two
    for one in two:
        await one.close()


async def test_an_offer_approved_by_two_is_the_price_on_a_phone(
    browser: Browser, server_url: str, city: City, operators: list[Client]
) -> None:
    """Two operators make 50 off every 300 live; the phone says 250 for 300, and from 50 on what to add."""
    # Of a currency that no other test gives coupons in: cards count those in.
    shop = await city.shop([30_000, 5_000], currency="SGD")
    first, second = operators
    items = {"merchant_ids": [shop.merchant_id]}
    every = {"name": "每满300减50", "lane": "cross_shop", "items": items, "benefit": {"type": "every", "every_minor": 30_000, "off_minor": 5_000}}  # fmt: skip
    in_store = {"name": "到店九折", "lane": "platform", "items": items, "condition": {"type": "channel", "channels": ["in_store"]}, "benefit": {"type": "percent", "rate_bp": 1_000}}  # fmt: skip
    for terms in (every, in_store):
        made = await first.post("/offers", {"terms": terms, "currency": "SGD", "reason": "双11"})
        path = f"/offers/{made['offer_id']}/versions/1"
        await first.post(f"{path}/simulations", {})
        await second.post(f"{path}/approvals")
    one = await a_shopper(browser, server_url, size=PHONE)
    await one.open(f"/search?shop={shop.merchant_id}")
    await expect(one.page.locator("a.tile", has_text="1 号")).to_contain_text("到手 $250")
    await one.page.locator("a.tile", has_text="1 号").click()
    await expect(one.tap("deal-price")).to_have_text("$250.00")
    await one.tap("deal-price").click()
    steps = one.tap("deal-steps")
    await expect(steps.locator("li.offer")).to_have_text(re.compile(r"每满300减50.*-\$50\.00"))
    await expect(one.tap("deal-passed")).to_contain_text("到店九折")
    await expect(one.tap("deal-passed")).to_contain_text("不适用于当前购买渠道")
    assert await faults(one.page) == []
    await one.open(f"/search?shop={shop.merchant_id}")
    await one.page.locator("a.tile", has_text="2 号").click()
    await one.page.locator(".bottom-bar .btn.gold").click()
    dialog = one.page.get_by_role("dialog")
    await expect(dialog.or_(one.page.locator(".said p"))).to_be_visible()
    if await dialog.count():
        await dialog.locator(".btn.gold").click()
    await expect(one.page.locator(".bottom-bar .icon b")).to_be_visible()
    await one.open("/cart")
    await expect(one.tap("offer-hint")).to_contain_text("再买 $250，「每满300减50」再减 $50")
    assert await faults(one.page) == []
    await one.page.context.close()
