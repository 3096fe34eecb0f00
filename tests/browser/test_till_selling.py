"""A clerk's day in a real browser: pair, open, sell with coupons, wallet and cash, undo, refund, redeem, close."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from fairday.kernel.tx import Database
from tests.browser.counter import (
    PHONE,
    SUPERVISOR_PIN,
    TABLET,
    Store,
    dismiss,
    expect_result,
    new_context,
    open_store,
    press_pad,
    scan,
    start_shift,
)

WORDS = {
    "zh-CN": {"valid": "可用", "used": "已使用过", "redeemed": "已核销", "short": "短款", "unknown": "商品无法识别"},
    "en-US": {"valid": "Valid", "used": "Already used", "redeemed": "Redeemed", "short": "short", "unknown": "Unknown"},
}  # fmt: skip


@pytest.fixture
async def store(server_url: str, database: Database) -> AsyncIterator[Store]:
    """Return a store of its own."""
    async with open_store(server_url, database) as opened:
        yield opened


async def till(browser: Browser, size: dict[str, int], locale: str) -> tuple[Page, list[str]]:
    """Return a page on a device of its own and the errors that it told."""
    context = await new_context(browser, size, locale)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    return page, errors


@pytest.mark.parametrize(("size", "locale"), [(TABLET, "zh-CN"), (PHONE, "en-US"), (PHONE, "zh-CN")])
async def test_a_clerks_day(browser: Browser, store: Store, size: dict[str, int], locale: str) -> None:
    say = WORDS[locale]
    page, errors = await till(browser, size, locale)
    await start_shift(page, store, opening="50000")

    # a basket by scans, in any order; the coupon needs 100
    claim = await store.claim("20 off 100")
    await scan(page, store.gtins[0])
    await scan(page, store.gtins[1])
    await scan(page, store.gtins[1])
    await expect(page.locator("[data-test=line]")).to_have_count(2)
    await expect(page.locator("[data-test=total]")).to_contain_text("180.00")
    await scan(page, await store.code(claim))
    await expect_result(page, "ok", say["valid"])
    await dismiss(page)
    await expect(page.locator("[data-test=total]")).to_contain_text("160.00")
    await expect(page.locator("[data-test=coupon]")).to_contain_text("1, 2")

    # wallet and cash: the wallet has 500, so it pays all; then a reload in between loses nothing
    await page.reload()
    await expect(page.locator("[data-test=total]")).to_contain_text("160.00")
    await page.locator("[data-test=pay]").click()
    await scan(page, await store.pay_code())
    await expect(page.locator("[data-test=receipt-number]")).to_have_text("#1")
    await page.locator("[data-test=undo]").click()
    await expect(page.locator("[data-test=receipt].undone")).to_be_visible()
    await page.locator("[data-test=next]").click()

    # the coupon is back: use it with cash
    await scan(page, store.gtins[0])
    await scan(page, await store.code(claim))
    await expect_result(page, "ok", say["valid"])
    await dismiss(page)
    await page.locator("[data-test=pay]").click()
    await expect(page.locator("[data-test=due]")).to_contain_text("100.00")
    await press_pad(page, "12000")
    await expect(page.locator("[data-test=change]")).to_contain_text("20.00")
    await page.locator("[data-test=take]").click()
    await expect(page.locator("[data-test=change-due]")).to_contain_text("20.00")
    await page.locator("[data-test=next]").click()
    await expect(page.locator("[data-test=line]")).to_have_count(0)

    await scan(page, "4006381333931")
    await expect_result(page, "bad", say["unknown"])
    await dismiss(page)

    # close: opening 500 + 100 taken; 400 were counted
    await page.locator("nav a").last.click()
    await page.locator("[data-test=close-shift]").click()
    await page.fill("#face-10000", "4")
    await page.locator("footer .main").click()
    await expect(page.locator("[data-test=expected]")).to_contain_text("600.00")
    await expect(page.locator("[data-test=outcome]")).to_contain_text(say["short"])
    shifts = await store.merchant.get("/shifts")
    assert shifts["items"][0]["counted_cash_minor"] == 40_000
    assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert errors == []
    await page.context.close()


async def test_a_used_coupon_says_where_and_when(browser: Browser, store: Store) -> None:
    page, errors = await till(browser, TABLET, "en-US")
    await start_shift(page, store)
    code = await store.code(await store.claim("5 off"))
    await page.goto(f"{store.url}/till/redeem")
    await expect(page.locator("[data-test=link]")).to_be_visible()
    await scan(page, code)
    await expect_result(page, "ok", "Valid")
    await dismiss(page)
    await page.locator("[data-test=use]").click()
    await expect_result(page, "ok", "Redeemed")
    await scan(page, code)
    await expect_result(page, "bad", "Already used")
    await expect(page.locator("#result-detail")).to_contain_text("Nanjing Road")
    log = await store.merchant.get("/redemptions", store_id=store.store_id)
    assert [one["amount_minor"] for one in log["items"]] == [500]
    assert errors == []
    await page.context.close()


async def test_a_supervisor_refunds_by_pin(browser: Browser, store: Store, database: Database) -> None:
    page, errors = await till(browser, TABLET, "en-US")
    await start_shift(page, store)
    await scan(page, store.gtins[1])
    await page.locator("[data-test=pay]").click()
    await page.locator("[data-test=sum]").first.click()
    await expect(page.locator("[data-test=receipt]")).to_be_visible()
    await page.locator("[data-test=next]").click()
    async with database.transaction() as (tx, _):
        moved = "UPDATE tills.sale SET sold_at = sold_at - interval '2 minutes' WHERE till_id = $1"
        await tx.execute(moved, store.till_id)
    await page.goto(f"{store.url}/till/today")
    await page.locator("[data-test=entry]").click()
    await page.locator("[data-test=refund]").click()
    await page.fill("input[name=manager]", store.supervisor_login)
    await page.locator("dialog form .main").click()
    await press_pad(page, SUPERVISOR_PIN)
    await expect(page.locator("[data-test=receipt].undone")).to_be_visible()
    (sale,) = (await store.merchant.get("/till-sales", store_id=store.store_id))["items"]
    assert sale["undo_approved_by"]
    assert sale["undone_at"]
    assert errors == []
    await page.context.close()


async def test_a_lost_answer_sells_once(browser: Browser, store: Store) -> None:
    page, _ = await till(browser, TABLET, "en-US")
    await start_shift(page, store)
    await scan(page, store.gtins[1])
    await page.locator("[data-test=pay]").click()
    # the sale is made, its answer is lost; the page is reloaded in the middle
    seen: list[str] = []

    async def lose(route: object) -> None:
        seen.append("lost")
        await route.fetch()
        await route.abort()

    await page.route("**/v1/till-sales", lose)
    await page.locator("[data-test=wallet]").click()
    await scan(page, await store.pay_code())
    await expect(page.get_by_role("button", name="Ask again")).to_be_visible(timeout=15_000)
    await page.unroute("**/v1/till-sales")
    await page.reload()
    await page.get_by_role("button", name="Ask again").click()
    await expect(page.locator("[data-test=receipt-number]")).to_have_text("#1")
    assert seen
    assert len((await store.merchant.get("/till-sales", store_id=store.store_id))["items"]) == 1
    await page.context.close()
