"""Ways through the console: an owner signs in by phone, stores stand on a map, a long shelf is turned page by page."""

import re
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from fairday.kernel.tx import Database
from tests.browser.desk import DESK, PHONE, faults
from tests.client import Client
from tests.journeys.people import City, order

SKUS = 55
"""One page of the stock list and a few more."""


@pytest.fixture
async def city(server_url: str, database: Database) -> AsyncIterator[City]:
    """Return people and shops at the server."""
    made = City(server_url, database)
    yield made
    await made.close()


@pytest.fixture
async def drawing(chromium: str) -> AsyncIterator[Browser]:
    """Return a browser that draws WebGL in software, as maps need it."""
    flags = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=flags)
        yield launched
        await launched.close()


async def code_of(client: Client, phone: str) -> str:
    """Ask for a code and read it as the phone would show it."""
    await client.post("/sessions/phone-codes", {"phone": phone})
    messages = (await client.get("/sandbox/messages"))["items"]
    found = re.search(r"(?<!\d)\d{6}(?!\d)", next(one["text"] for one in messages if one["phone"] == phone))
    assert found is not None
    return found[0]


async def clerk_of(page: Page, server_url: str, shop: Any) -> Page:
    """Sign a merchant's page in by password."""
    await page.goto(f"{server_url}/console/sign-in")
    await page.fill("#login", shop.login)
    await page.fill("#password", shop.password)
    await page.press("#password", "Enter")
    await expect(page.locator("#page h1")).to_be_visible()
    return page


async def test_an_owner_signs_in_by_phone(browser: Browser, server_url: str, city: City) -> None:
    """Send a code, tap the sandbox's message, stand in the shop; a phone that opened no shop is told so."""
    guest, number = city.client(), f"139{uuid.uuid4().int % 10**8:08}"
    application = {
        "phone": f"+86{number}",
        "code": await code_of(guest, f"+86{number}"),
        "name": "阿婆面馆",
        "kind": "restaurant",
        "region_id": "CN-SH",
        "latitude": 31.23,
        "longitude": 121.47,
        "coupon": {"template": "spend_more", "threshold_minor": 5000, "amount_minor": 1000},
    }
    await guest.post("/merchant-applications", application)
    context = await browser.new_context(viewport=PHONE, locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{server_url}/console/sign-in?lang=en")
    await page.get_by_role("tab", name="Phone code").click()
    assert await faults(page) == []
    await page.fill("#phone", f"138{uuid.uuid4().int % 10**8:08}")
    await page.get_by_role("button", name="Send code").click()
    await page.get_by_role("button", name=re.compile("^Sandbox message")).click()
    await expect(page.get_by_role("alert")).to_contain_text("No shop was opened with this phone")
    await page.reload()
    await page.get_by_role("tab", name="Phone code").click()
    await page.fill("#phone", number)
    await page.get_by_role("button", name="Send code").click()
    await page.get_by_role("button", name=re.compile("^Sandbox message")).click()
    await expect(page.locator("#page h1")).to_contain_text("阿婆面馆")
    await context.close()


async def test_stores_stand_on_a_map(drawing: Browser, server_url: str, city: City) -> None:
    """Open the map, tap a pin: the store is named and leads to its page."""
    shop = await city.shop([3_900])
    far = {
        "external_id": "s2",
        "name": "双桥店",
        "name_en": "Bridge",
        "region_id": "CN-ZJ",
        "latitude": 30.27,
    }
    await shop.client.post("/stores", far | {"longitude": 120.15})
    context = await drawing.new_context(viewport=DESK, locale="zh-CN", reduced_motion="reduce")
    page = await clerk_of(await context.new_page(), server_url, shop)
    await page.goto(f"{server_url}/console/stores")
    await page.get_by_role("link", name="地图").click()
    await expect(page).to_have_url(re.compile("show=map"))
    await expect(page.get_by_test_id("store-map").locator("canvas")).to_be_visible()
    await expect(page.locator(".map .pin")).to_have_count(2)
    assert await faults(page) == []
    await page.get_by_role("button", name="双桥店").click()
    await page.locator("aside").get_by_role("link", name="查看门店").click()
    await expect(page.locator("#page h1")).to_have_text("双桥店")
    await context.close()


async def test_a_long_shelf_is_turned_page_by_page_and_searched(
    browser: Browser, server_url: str, city: City
) -> None:
    """See the first fifty, then the rest; what is low and what is called by a name is found on any page."""
    shop = await city.shop([3_900] * SKUS)
    await shop.client.put(
        "/stock/levels", {"rows": [{"sku_id": shop.sku_ids[-1], "store_id": shop.store_id, "on_hand": 4}]}
    )
    context = await browser.new_context(viewport=DESK, locale="zh-CN")
    page = await clerk_of(await context.new_page(), server_url, shop)
    await page.goto(f"{server_url}/console/stock")
    rows = page.locator("tbody tr")
    await expect(rows).to_have_count(50)
    await page.get_by_role("button", name="下一页").click()
    await expect(rows).to_have_count(SKUS - 50)
    await page.get_by_role("button", name="库存紧张").click()
    await expect(rows).to_have_count(1)
    await expect(rows.first).to_contain_text(f"茉莉花茶 {SKUS} 号")
    await context.close()


async def test_an_order_is_found_by_the_end_of_its_number(
    browser: Browser, server_url: str, city: City
) -> None:
    """Type what the customer reads out; the one order is shown."""
    shop = await city.shop([5_000])
    [member] = await city.members(1, wallet_minor=50_000)
    lines = [{"sku_id": shop.sku_ids[0], "quantity": 1, "store_id": shop.store_id}]
    wanted, _ = [await order(member, lines) for _ in range(2)]
    context = await browser.new_context(viewport=DESK, locale="zh-CN")
    page = await clerk_of(await context.new_page(), server_url, shop)
    await page.goto(f"{server_url}/console/orders")
    await expect(page.locator("tbody tr")).to_have_count(2)
    ending = wanted["order_id"][-6:].upper()
    await page.get_by_role("searchbox").fill(f"#{ending}")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.locator("tbody tr").first).to_contain_text(f"#{ending}")
    await context.close()
