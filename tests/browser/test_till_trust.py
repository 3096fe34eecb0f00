"""What an offline till may not be believed, and what it must not lose: copies, clocks, screenshots, revocations."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Route, expect

from fairday.coupons import codes
from fairday.kernel.tx import Database
from tests.browser.counter import (
    TABLET,
    Store,
    dismiss,
    expect_result,
    new_context,
    open_store,
    scan,
)
from tests.browser.offline_till import BACK_MS, back, cut, leased, records, redeem, sell_one

API = "**/v1/**"
SHIFTED = """
  const real = Date, shift = () => Number(localStorage.getItem("test.shift") ?? 0);
  window.Date = class extends real {
    constructor(...given) { given.length ? super(...given) : super(real.now() + shift()); }
    static now() { return real.now() + shift(); }
  };
"""
"""A device whose clock can be set: what its pages read of the time is moved by `test.shift` milliseconds."""


@pytest.fixture
async def store(server_url: str, database: Database) -> AsyncIterator[Store]:
    """Return a store of its own."""
    async with open_store(server_url, database) as opened:
        yield opened


async def test_a_cloned_device_is_flagged_and_its_records_go_to_the_breaks(
    browser: Browser, store: Store
) -> None:
    context = await new_context(browser, TABLET, "en-US", service_workers=True)
    page = await leased(context, store)
    first, second = await store.claim("20 off 100"), await store.claim("5 off")
    await cut(context, page)
    # an image of the disk: cookies, storage and the log, on another machine
    image = await context.storage_state(indexed_db=True)
    copy = await browser.new_context(
        viewport={"width": 1180, "height": 820}, locale="en-US", storage_state=image, service_workers="block"
    )
    twin = await copy.new_page()

    async def unplugged(route: Route) -> None:
        await route.abort()

    await copy.route(API, unplugged)
    await twin.goto(f"{store.url}/till/redeem")
    await expect(twin.locator("[data-test=link]")).to_have_attribute("data-mode", "offline")
    await redeem(page, await store.code(second))
    await redeem(twin, await store.code(first))
    await sell_one(twin, store.gtins[2])

    await back(context, page)
    await expect(page.locator("[data-test=pending]")).to_have_count(0, timeout=BACK_MS)
    await copy.unroute(API)
    await twin.goto(f"{store.url}/till/more")
    await expect(twin.locator("[data-test=trouble]")).to_contain_text("clone", timeout=BACK_MS)
    # the copy keeps its records, the merchant sees them as breaks, and the coupon it took is still the member's
    await expect(twin.locator("[data-test=pending]")).to_contain_text("2")
    breaks = (await store.merchant.get("/redemption-breaks"))["items"]
    assert {one["reason"] for one in breaks} == {"cloned_device"}
    assert len(breaks) == 2
    assert (await store.member.get(f"/claims/{first}"))["status"] == "claimed"
    assert (await store.member.get(f"/claims/{second}"))["status"] == "redeemed"
    await copy.close()
    await context.close()


async def test_a_wrong_clock_is_told_at_the_till_and_flagged_by_the_server(
    browser: Browser, store: Store
) -> None:
    context = await new_context(browser, TABLET, "en-US", service_workers=True)
    await context.add_init_script(SHIFTED)
    page = await leased(context, store)
    code_of = await store.claim("5 off")
    await cut(context, page)
    # somebody sets the device's clock two hours ahead: the steady clock of the page is not fooled
    await page.evaluate("localStorage.setItem('test.shift', String(7200000))")
    await page.locator("nav a").last.click()
    await page.locator("nav a").first.click()
    await page.locator("nav a").last.click()
    await expect(page.locator("[data-test=clock]")).to_be_visible()
    await redeem(page, await store.code(code_of))
    # after a restart nothing else is left to go by: codes are refused, cash sales go on and are flagged
    await page.close()
    page = await context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    await page.goto(f"{store.url}/till/redeem")
    await expect(page.locator("[data-test=link]")).to_have_attribute("data-mode", "offline")
    await scan(page, await store.code(await store.claim("20 off 100")))
    await expect_result(page, "care", "out of date")
    await dismiss(page)
    await page.locator("nav a").first.click()
    await sell_one(page, store.gtins[2])
    await page.locator("[data-test=next]").click()
    answers: list[Any] = []

    async def hear(response: Any) -> None:
        if response.request.method == "POST" and response.url.endswith("/records"):
            answers.append(await response.json())

    page.on("response", hear)
    await back(context, page)
    await expect(page.locator("[data-test=pending]")).to_have_count(0, timeout=BACK_MS)
    results = [one for answer in answers for one in answer["results"]]
    assert [one["kind"] for one in results] == ["redemption", "sale"]
    assert results[0]["flags"] == ["device_clock_off"]  # told, and believed by its steady clock
    assert "wrong_clock" in results[1]["flags"]
    assert (await store.member.get(f"/claims/{code_of}"))["status"] == "redeemed"
    (sale,) = (await store.merchant.get("/till-sales", store_id=store.store_id))["items"]
    assert sale["total_minor"] == 800
    await page.locator("nav a").last.click()
    await expect(page.get_by_text("clock").first).to_be_visible()
    await context.close()


async def test_a_screenshot_dies_with_the_minute_after_its_own(
    browser: Browser, store: Store, database: Database
) -> None:
    context = await new_context(browser, TABLET, "en-US", service_workers=True)
    page = await leased(context, store)
    claim = await store.claim("5 off")
    shown = await store.code(claim)

    async def now(tx: Any, at: Any) -> Any:
        return at

    async def of(minutes_ago: int) -> str:
        """Return the picture that was taken so many minutes ago: the very code that the phone showed then."""
        step = codes.step_at(await database.run(now))
        return codes.make_text(codes.signing_key(), claim, store.coupon_ids["5 off"], step - minutes_ago)

    assert shown in [await of(ago) for ago in (0, 1)]
    await page.locator("nav a").nth(1).click()
    for mode in ("online", "offline"):
        if mode == "offline":
            await cut(context, page)
        await scan(page, await of(2))
        await expect_result(page, "care", "out of date")
        await dismiss(page)
        await scan(page, await of(0))
        await expect_result(page, "ok", "Valid")
        await dismiss(page)
        await page.get_by_role("button", name="Cancel").click()
    assert await records(page) == []
    figures = await store.merchant.get(f"/coupons/{store.coupon_ids['5 off']}/figures")
    assert figures["redeemed_count"] == 0
    await context.close()


async def test_a_lease_goes_back_when_the_shift_is_closed(browser: Browser, store: Store) -> None:
    context = await new_context(browser, TABLET, "en-US", service_workers=True)
    page = await leased(context, store)
    (lease,) = (await store.merchant.get("/till-leases", state="open", store_id=store.store_id))["items"]
    await page.locator("nav a").last.click()
    await page.locator("[data-test=close-shift]").click()
    async with page.expect_response(lambda answer: answer.url.endswith("/returns")) as returned:
        await page.locator("footer .main").click()
    assert (await returned.value).ok
    await expect(page.locator("[data-test=outcome]")).to_be_visible()
    assert (await store.merchant.get("/till-leases", state="open", store_id=store.store_id))["items"] == []
    (gone,) = (await store.merchant.get("/till-leases", state="returned", store_id=store.store_id))["items"]
    assert gone["lease_id"] == lease["lease_id"]
    # the next shift works under a new one
    await page.locator("[data-test=outcome] .main").click()
    await page.locator(".clerks button").first.click()
    await page.locator("section .main").click()
    await page.keyboard.type("482915", delay=80)
    await page.locator("nav a").last.click()
    await expect(page.locator("[data-test=lease]")).to_have_attribute("data-open", "true", timeout=BACK_MS)
    await context.close()


async def test_a_revoked_device_saves_its_log_before_it_becomes_another(
    browser: Browser, store: Store
) -> None:
    context = await new_context(browser, TABLET, "en-US", service_workers=True)
    page = await leased(context, store)
    claim = await store.claim("5 off")
    await page.locator("nav a").nth(1).click()
    await cut(context, page)
    await redeem(page, await store.code(claim))
    (device,) = (await store.merchant.get(f"/tills/{store.till_id}/devices"))["items"]
    await store.merchant.delete(f"/tills/{store.till_id}/devices/{device['device_id']}")
    await back(context, page)
    await page.locator("nav a").last.click()
    await expect(page.locator("[data-test=trouble]")).to_be_visible(timeout=BACK_MS)
    await page.reload()
    # it is no till any more, but what it took is there, and it is not paired anew before that is safe
    await expect(page.get_by_text("Records not uploaded: 1")).to_be_visible()
    await page.fill("input[name=code]", await store.setup_code())
    await expect(page.locator("form .main")).to_be_disabled()
    async with page.expect_download() as started:
        await page.locator("[data-test=save-log]").click()
    path = await (await started.value).path()
    name = (await started.value).suggested_filename
    await expect(page.locator("form .main")).to_be_enabled()
    # the merchant sends the file with its own session: the use counts, for it was before the revocation
    lease_id = name.removeprefix("fairday-").removesuffix(".json")
    answer = await store.merchant.call(
        "POST", f"/till-leases/{lease_id}/records", raw=path.read_bytes(), media="application/json"
    )
    assert (answer["applied_count"], answer["effective_count"]) == (1, 1)
    assert (await store.member.get(f"/claims/{claim}"))["status"] == "redeemed"
    await page.locator("form .main").click()
    # the shift of this till is still open: it goes on, with a log of its own
    await expect(page.locator("[data-test=link]")).to_be_visible()
    await expect(page.locator("[data-test=pending]")).to_have_count(0)
    await context.close()
