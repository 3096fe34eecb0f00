"""The console as a merchant uses it, at a desk and on a phone: sign in, import, price, staff, tills; and a shop from nothing.

The small merchant's path (S19) is walked at 390 x 844: from no account to a live coupon and a poster, counted in taps.
"""

import asyncio
import re
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft, MerchantDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database
from tests.client import Client

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PASSWORD = "paper lamp river 7"
AXE = Path(__file__).resolve().parents[2] / "web/node_modules/axe-core/axe.min.js"
TAPS_MAX = 12
PAGES = (
    "/", "/products", "/stock", "/stores", "/imports", "/orders", "/returns", "/receipts", "/coverage", "/sales", "/money",
    "/staff", "/tills", "/settings",
)  # fmt: skip


@dataclass
class Shop:
    """Hold a merchant with a store and a product, and its API client."""

    login: str
    client: Client
    merchant_id: str
    product_id: str
    store_id: str

    async def products(self, words: str) -> list[str]:
        """Return the names of its products that are live or drafts and fit `words`."""
        pages = [
            await self.client.get("/products", status=status, merchant_id=self.merchant_id, q=words)
            for status in ("live", "draft")
        ]
        return list({one["product_id"]: one["name"] for page in pages for one in page["items"]}.values())


@pytest.fixture
async def shop(database: Database, server_url: str) -> AsyncIterator[Shop]:
    """Return a merchant that has one store and one product."""
    login = f"m{uuid.uuid4().hex[:12]}"
    async with database.transaction() as (tx, now):
        merchant = await identity.create_merchant(tx, MerchantDraft(name="山茶里", name_en="Camellia"), now)
        draft = AccountDraft(
            role=Role.MERCHANT,
            name="店长",
            login=login,
            password=PASSWORD,
            merchant_id=merchant.merchant_id,
        )
        account = await identity.create_account(tx, draft, now)
        token, _ = await identity.open_session(tx, account.account_id, ttl_s=3600, now=now)
    client = Client(server_url, token)
    place = {"region_id": "CN-SH", "latitude": 31.2, "longitude": 121.4}
    store = await client.post(
        "/stores", {"external_id": "S-1", "name": "人民路店", "name_en": "Renmin Road"} | place
    )
    sku = {"external_id": "TEA", "price_minor": 3900}
    product = await client.post(
        "/products",
        {"external_id": "TEA", "name": "红茶", "name_en": "Black tea", "status": "live", "skus": [sku]},
    )
    yield Shop(login, client, merchant.merchant_id, product["product_id"], store["store_id"])
    await client.close()


async def opened(browser: Browser, size: dict[str, int], lang: str) -> Page:
    """Return a page of that size and language, past the content policy (for axe alone), that fails on script errors."""
    context = await browser.new_context(
        viewport=size,
        locale="zh-CN" if lang == "zh" else "en-US",
        has_touch=size is PHONE,
        bypass_csp=True,
        geolocation={"latitude": 31.23, "longitude": 121.47},
        permissions=["geolocation"],
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    return await context.new_page()


async def sign_in(page: Page, url: str, shop: Shop, lang: str) -> None:
    """Sign in by password."""
    await page.goto(f"{url}/console/sign-in?lang={lang}")
    await page.fill("#login", shop.login)
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await expect(page.locator("#page h1")).to_be_visible()


async def faults(page: Page) -> list[str]:
    """Return what axe finds wrong: rule and first element."""
    if not await page.evaluate("'axe' in window"):
        await page.add_script_tag(path=str(AXE))
    found: list[dict[str, Any]] = (await page.evaluate("axe.run(document, {resultTypes: ['violations']})"))[
        "violations"
    ]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


@pytest.mark.parametrize(("size", "lang"), [(DESK, "zh"), (PHONE, "en")], ids=["desk-zh", "phone-en"])
async def test_every_page_is_whole_and_without_faults(
    browser: Browser, server_url: str, shop: Shop, size: dict[str, int], lang: str
) -> None:
    """Open every page of the merchant: it has a heading, fits the screen, and axe finds nothing."""
    page = await opened(browser, size, lang)
    broken: list[str] = []
    found: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    await sign_in(page, server_url, shop, lang)
    details = (f"/products/{shop.product_id}", f"/stores/{shop.store_id}")
    for path in (*PAGES, *details):
        await page.goto(f"{server_url}/console{path}")
        await expect(page.locator("#page h1")).to_be_visible()
        await expect(page.locator("#page [aria-busy=true]")).to_have_count(0)
        wide = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        found += [f"{path} is {wide} px too wide"] if wide > 0 else []
        found += [f"{path} {fault}" for fault in await faults(page)]
    assert not found, "\n".join(found)
    assert broken == []
    await page.context.close()


@pytest.mark.parametrize("path", ["/sign-in", "/open-shop"])
async def test_pages_before_signing_in_have_no_faults(browser: Browser, server_url: str, path: str) -> None:
    """Open the pages for those without an account, in both languages, on a phone."""
    page = await opened(browser, PHONE, "zh")
    for lang in ("zh", "en"):
        await page.goto(f"{server_url}/console{path}?lang={lang}")
        await expect(page.locator("h1")).to_be_visible()
        assert await faults(page) == []
    await page.context.close()


async def test_import_shows_bad_rows_before_anything_is_written(
    browser: Browser, server_url: str, shop: Shop
) -> None:
    """Try a file with one bad row: it is named, nothing is there; then import: the good row is there."""
    page = await opened(browser, DESK, "zh")
    await sign_in(page, server_url, shop, "zh")
    await page.goto(f"{server_url}/console/imports")
    rows = "external_id,name,price\nOOLONG,乌龙茶,58.00\nBROKEN,坏行,abc\n"
    await page.set_input_files(
        "input[type=file]", {"name": "goods.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    await page.get_by_role("button", name="试运行").click()
    await expect(page.get_by_text("没有写入任何数据")).to_be_visible()
    bad = page.locator("tbody tr")
    await expect(bad).to_have_count(1)
    await expect(bad).to_contain_text("price")
    assert await shop.products("乌龙茶") == []
    await page.get_by_role("button", name="正式导入 1 行").click()
    await expect(page.get_by_text("已写入")).to_be_visible()
    assert await shop.products("乌龙茶") == ["乌龙茶"]
    await page.context.close()


async def test_price_is_kept_only_when_saved(browser: Browser, server_url: str, shop: Shop) -> None:
    """Change a price: the bar appears, leaving asks, discarding goes back, saving keeps and the timeline tells."""
    page = await opened(browser, DESK, "en")
    await sign_in(page, server_url, shop, "en")
    await page.goto(f"{server_url}/console/products/{shop.product_id}")
    price = page.get_by_role("spinbutton", name=re.compile("^Price TEA"))
    await expect(price).to_have_value("39.00")
    await price.fill("35")
    await price.press("Tab")
    await expect(page.get_by_text("Unsaved changes")).to_be_visible()
    await page.get_by_role("link", name="Orders").click()
    await page.get_by_role("button", name="Stay").click()
    await page.get_by_role("button", name="Discard", exact=True).click()
    await expect(price).to_have_value("39.00")
    await expect(page.get_by_text("Unsaved changes")).to_have_count(0)
    await price.fill("35")
    await price.press("Tab")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    await expect(page.get_by_text("¥39.00 → ¥35.00")).to_be_visible()
    product = await shop.client.get(f"/products/{shop.product_id}")
    assert product["skus"][0]["price_minor"] == 3500
    await page.context.close()


async def test_clerk_and_till_are_added_and_a_device_paired(
    browser: Browser, server_url: str, shop: Shop
) -> None:
    """Add a clerk with a PIN and a till; the setup code that is shown pairs a device, which then stands in the list."""
    page = await opened(browser, PHONE, "zh")
    await sign_in(page, server_url, shop, "zh")
    await page.goto(f"{server_url}/console/staff")
    await page.get_by_role("button", name="添加店员").first.click()
    login = f"c{uuid.uuid4().hex[:10]}"
    await page.fill("#clerk-name", "小梅")
    await page.fill("#clerk-login", login)
    await page.fill("#clerk-pin", "274913")
    await page.locator("form").get_by_role("button", name="添加店员").click()
    await expect(page.get_by_role("button", name="小梅")).to_be_visible()
    await page.goto(f"{server_url}/console/tills")
    await page.get_by_role("button", name="添加收银台").first.click()
    await page.fill("#till-name", "1 号收银台")
    await page.locator("form").get_by_role("button", name="添加收银台").click()
    await page.get_by_role("button", name="生成绑定码").click()
    code = await page.get_by_label("绑定码", exact=True).inner_text()
    device = Client(server_url)
    await device.post("/tills/pairings", {"setup_code": code, "device_name": "平板"})
    await device.close()
    await expect(page.get_by_text("平板", exact=True)).to_be_visible(timeout=10_000)
    await page.context.close()


async def test_views_filters_and_search_stand_in_the_address(
    browser: Browser, server_url: str, shop: Shop
) -> None:
    """Open a view by its address, search: a reload shows the same, and Ctrl-K goes to a product by its name."""
    page = await opened(browser, DESK, "zh")
    await sign_in(page, server_url, shop, "zh")
    await page.goto(f"{server_url}/console/products?view=draft")
    await expect(page.get_by_role("button", name="草稿")).to_have_attribute("aria-current", "true")
    await page.get_by_role("button", name="在售").click()
    await page.get_by_role("searchbox").fill("红茶")
    await page.wait_for_url(re.compile("q="))
    await page.reload()
    await expect(page.get_by_role("row", name=re.compile("红茶"))).to_be_visible()
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox", name="搜索").fill("红茶")
    await page.get_by_role("option", name=re.compile("红茶")).click()
    await expect(page.locator("#page h1")).to_have_text("红茶")
    await page.context.close()


class Thumb:
    """Tap like an owner on a phone, and count."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    async def on(self, name: str) -> None:
        """Tap a button or a link."""
        self.taps += 1
        await (
            self.page.get_by_role("button", name=name)
            .or_(self.page.get_by_role("link", name=name))
            .first.click()
        )

    async def write(self, selector: str, text: str) -> None:
        """Tap a field and write into it."""
        self.taps += 1
        await self.page.fill(selector, text)


async def test_small_merchant_opens_a_shop_on_a_phone(browser: Browser, server_url: str) -> None:
    """From no account to a live coupon, a poster with the shop's code and this phone as its till, within twelve taps."""
    page = await opened(browser, PHONE, "zh")
    thumb = Thumb(page)
    began = time.monotonic()
    phone = f"139{uuid.uuid4().int % 10**8:08}"
    await page.goto(f"{server_url}/console/open-shop?lang=zh")
    await thumb.write("#phone", phone)
    await thumb.on("获取验证码")
    await thumb.on("沙盒短信")
    await thumb.write("#shop-name", "阿婆面馆")
    await thumb.on("下一步")
    await thumb.on("用我现在的位置")
    await expect(page.get_by_text("已定位")).to_be_visible()
    await thumb.on("下一步")
    await thumb.on("开店")
    await expect(page.get_by_role("heading", name="阿婆面馆 开张了！")).to_be_visible()
    assert await faults(page) == []
    live_taps, live_s = thumb.taps, time.monotonic() - began
    shop_page = await page.get_by_role("link", name=re.compile("看看顾客眼里的店")).get_attribute("href")
    await thumb.on("把这台手机变成收银台")
    await page.fill("#own-pin", "274913")
    await thumb.on("就用这台手机")
    await page.wait_for_url(re.compile(r"/till/"))
    me = await page.evaluate(
        "fetch('/v1/tills/current', {headers: {'Fairday-App': 'till-device'}}).then((answer) => answer.json())"
    )
    assert me["till"]["name"] == "店主手机"
    await the_owner_starts_the_shift(page)
    assert shop_page is not None
    await page.goto(f"{server_url}/console/poster/{shop_page.rpartition('/')[2]}")
    await expect(page.get_by_text("满 ¥50 减 ¥10").or_(page.locator(".offer")).first).to_be_visible()
    await expect(page.get_by_role("img", name="阿婆面馆 的店铺二维码")).to_be_visible()
    assert await faults(page) == []
    print(
        f"\nS19: live coupon after {live_taps} taps, {live_s:.1f} s of machine time; {thumb.taps} taps with the till"
    )
    assert thumb.taps <= TAPS_MAX
    visitor = Client(server_url)
    offers = (await visitor.get("/coupons", store_id=shop_page.rpartition("/")[2], claimable="true"))["items"]
    await visitor.close()
    assert len([one for one in offers if one["merchant_id"] is not None]) == 1
    await page.context.close()


async def the_owner_starts_the_shift(page: Page) -> None:
    """Go on at the till that the console handed over to: it knows who starts the shift, and asks for the float and the PIN."""
    await expect(page.get_by_role("heading", name="开班")).to_be_visible()
    await expect(page.get_by_label("店员账号")).to_have_count(0)
    await page.get_by_role("button", name="下一步").click()
    await expect(page.get_by_text(re.compile("owner-.* · PIN"))).to_be_visible()
    await page.keyboard.type("274913")
    await expect(page.get_by_text("扫商品条码开始收款")).to_be_visible()


async def test_session_that_ended_is_renewed_over_the_page(
    browser: Browser, server_url: str, shop: Shop
) -> None:
    """End the session elsewhere while a form is filled in: sign in over it, nothing typed is lost, the save goes through."""
    page = await opened(browser, DESK, "zh")
    await sign_in(page, server_url, shop, "zh")
    await page.goto(f"{server_url}/console/settings")
    story = page.locator("#story")
    await story.fill("三代人的茶铺。")
    await page.evaluate(
        "fetch('/v1/sessions/current', {method: 'DELETE', headers: {'Fairday-App': 'console'}})"
    )
    await asyncio.sleep(0)
    await page.get_by_role("button", name="保存", exact=True).click()
    again = page.get_by_role("dialog", name="请重新登录")
    await again.locator("#login").fill(shop.login)
    await again.locator("#password").fill(PASSWORD)
    await again.locator("#password").press("Enter")
    await expect(page.get_by_text("已保存")).to_be_visible()
    await expect(story).to_have_value("三代人的茶铺。")
    await page.context.close()
