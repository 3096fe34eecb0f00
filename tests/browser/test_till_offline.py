"""The till without a network: it goes on by itself, loses nothing, comes back by itself, and what was done is booked once."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

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
from tests.browser.offline_till import BACK_MS, back, cut, leased, records, sell_one


@pytest.fixture
async def store(server_url: str, database: Database) -> AsyncIterator[Store]:
    """Return a store of its own."""
    async with open_store(server_url, database) as opened:
        yield opened


@pytest.mark.parametrize(("size", "locale"), [(TABLET, "en-US"), (PHONE, "zh-CN")])
async def test_it_goes_on_without_a_network_and_loses_nothing(
    browser: Browser, store: Store, size: dict[str, int], locale: str
) -> None:
    context = await new_context(browser, size, locale, service_workers=True)
    page = await leased(context, store)
    claim, small = await store.claim("20 off 100"), await store.claim("5 off")
    code = await store.code(claim)

    await context.set_offline(True)
    await expect(page.locator("[data-test=link]")).to_have_attribute("data-mode", "offline")
    await scan(page, code)
    await expect_result(page, "ok", "Valid" if locale == "en-US" else "可用")
    await dismiss(page)
    await scan(page, store.gtins[0])
    await expect(page.locator("[data-test=total]")).to_contain_text("100.00")
    await page.locator("[data-test=pay]").click()
    await expect(page.locator("[data-test=wallet]")).to_be_disabled()
    await page.locator("[data-test=sum]").first.click()
    await expect(page.locator("[data-test=receipt]")).to_be_visible()
    # what is shown was written before: the log has it already
    kept = await records(page)
    assert [(one["kind"], one["total_minor"], len(one["codes"])) for one in kept] == [("sale", 10_000, 1)]
    await page.locator("[data-test=next]").click()
    await scan(page, code)
    await expect_result(page, "bad", "Used at this till" if locale == "en-US" else "本机已用过")
    await dismiss(page)

    await page.locator("nav a").nth(1).click()
    await scan(page, await store.code(small))
    await expect(page.locator("[data-test=use]")).to_be_visible()
    await dismiss(page)
    await page.locator("[data-test=use]").click()
    await expect_result(page, "ok", "Redeemed" if locale == "en-US" else "已核销")

    # a power cut: the page is gone without a word; the till opens again without a network
    await page.close()
    page = await context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    await page.goto(f"{store.url}/till/")
    await expect(page.locator("[data-test=pending]")).to_contain_text("2")
    await scan(page, code)
    await expect(page.locator("[data-test=result]")).to_have_attribute("data-tone", "bad")
    await dismiss(page)
    await page.reload()
    await expect(page.locator("[data-test=pending]")).to_contain_text("2")

    await context.set_offline(False)
    await expect(page.locator("[data-test=link]")).to_have_attribute("data-mode", "online", timeout=BACK_MS)
    await expect(page.locator("[data-test=pending]")).to_have_count(0, timeout=BACK_MS)
    (sale,) = (await store.merchant.get("/till-sales", store_id=store.store_id))["items"]
    assert (sale["total_minor"], sale["discount_minor"], sale["cash_minor"]) == (10_000, 2000, 10_000)
    figures = await store.merchant.get(f"/coupons/{store.coupon_ids['5 off']}/figures")
    assert figures["redeemed_count"] == 1
    assert (await store.merchant.get("/redemption-breaks"))["items"] == []
    await context.close()


async def test_a_tampered_log_is_refused_and_named(browser: Browser, store: Store) -> None:
    context = await new_context(browser, TABLET, "en-US", service_workers=True)
    page = await leased(context, store)
    await context.set_offline(True)
    await expect(page.locator("[data-test=link]")).to_have_attribute("data-mode", "offline")
    await sell_one(page, store.gtins[1])
    await records(page, ['"total_minor":3000', '"total_minor":1000'])
    await page.locator("[data-test=next]").click()
    await context.set_offline(False)
    await expect(page.locator("[data-test=link]")).to_have_attribute("data-mode", "online", timeout=BACK_MS)
    await page.locator("nav a").last.click()
    await expect(page.locator("[data-test=trouble]")).to_contain_text("Record 1", timeout=BACK_MS)
    # nothing of it was taken, and nothing of it is lost
    await expect(page.locator("[data-test=pending]")).to_contain_text("1")
    assert (await store.merchant.get("/till-sales", store_id=store.store_id))["items"] == []
    await context.close()


async def test_a_coupon_used_elsewhere_meanwhile_is_a_break(browser: Browser, store: Store) -> None:
    context = await new_context(browser, TABLET, "en-US", service_workers=True)
    page = await leased(context, store)
    claim = await store.claim("5 off")
    code = await store.code(claim)
    await page.locator("nav a").nth(1).click()
    await context.set_offline(True)
    await expect(page.locator("[data-test=link]")).to_have_attribute("data-mode", "offline")
    await scan(page, code)
    await expect(page.locator("[data-test=use]")).to_be_visible()
    await dismiss(page)
    await page.locator("[data-test=use]").click()
    await expect_result(page, "ok", "Redeemed")
    # the same coupon pays at another till of the shop, which has the network
    other = await new_context(browser, PHONE, "en-US")
    second = await other.new_page()
    till = await store.merchant.post("/tills", {"store_id": store.store_id, "name": "2"})
    store.till_id = till["till_id"]
    login = f"c{till['till_id'][-10:]}"
    person = {"role": "clerk", "name": "Zhao", "login": login, "pin": "482915"}
    await store.merchant.post(f"/merchants/{store.merchant_id}/accounts", person)
    store.clerk_login = login
    await start_shift(second, store)
    await second.locator("nav a").nth(1).click()
    await scan(second, code)
    await expect(second.locator("[data-test=use]")).to_be_visible()
    await dismiss(second)
    await second.locator("[data-test=use]").click()
    await expect_result(second, "ok", "Redeemed")
    await other.close()

    await context.set_offline(False)
    await expect(page.locator("[data-test=pending]")).to_have_count(0, timeout=BACK_MS)
    await page.locator("nav a").last.click()
    await expect(page.locator("[data-test=breaks]")).to_contain_text("1")
    (found,) = (await store.merchant.get("/redemption-breaks"))["items"]
    assert found["claim_id"] == claim
    await context.close()


@pytest.mark.parametrize(("size", "locale"), [(PHONE, "zh-CN"), (TABLET, "en-US")])
async def test_a_supervisor_lets_a_coupon_pass_the_limits(
    browser: Browser, store: Store, size: dict[str, int], locale: str
) -> None:
    """The PIN is sealed in the browser and judged by the server; what was typed is nowhere on the device."""
    limits = {"face_max_minor": 10_000, "count_max": 1, "value_max_minor": 50_000, "lease_s": 3600}
    await store.merchant.put(f"/tills/{store.till_id}/offline-limits", limits)
    context = await new_context(browser, size, locale, service_workers=True)
    page = await leased(context, store)
    codes = [await store.code(await store.claim("5 off")) for _ in range(3)]
    await cut(context, page)
    word = "Redeemed" if locale == "en-US" else "已核销"
    for number, pin in enumerate([None, SUPERVISOR_PIN, "246802"]):
        await page.locator("nav a").nth(1).click()
        await scan(page, codes[number])
        if pin is not None:
            await expect(page.locator("[data-test=result]")).to_have_attribute("data-tone", "bad")
            await page.locator("[data-test=result-act]").click()
            await page.get_by_role("radio").nth(1).click()
            await page.fill("input[name=supervisor]", store.supervisor_login)
            await page.locator("dialog form button").click()
            await press_pad(page, pin)
        await expect(page.locator("[data-test=use]")).to_be_visible()
        await dismiss(page)
        await page.locator("[data-test=use]").click()
        await expect_result(page, "ok", word)
        await dismiss(page)
    kept = await records(page)
    assert [bool(one.get("proof")) for one in kept] == [False, True, True]
    stored = await page.evaluate("JSON.stringify(Object.entries(localStorage))")
    assert SUPERVISOR_PIN not in str(kept) + stored
    await back(context, page)
    await expect(page.locator("[data-test=pending]")).to_have_count(0, timeout=BACK_MS)
    found = (await store.merchant.get("/till-overrides"))["items"]
    assert [(one["state"], one["use_count"], one["amount_minor"]) for one in found] == [
        ("refused", 0, 0),
        ("granted", 1, 500),
    ]
    (broken,) = (await store.merchant.get("/redemption-breaks"))["items"]
    assert broken["reason"] == "over_limit"
    await context.close()
