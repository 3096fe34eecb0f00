"""A till that is killed at each step between accepting a coupon and its log: nothing shown is lost, nothing lost was shown.

The whole browser is killed with SIGKILL, as a power cut would, while its page stands still at the step; then a new one opens
the same profile, still without a network. Source: X19, I9.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, Playwright, async_playwright, expect

from fairday.kernel.tx import Database
from tests.browser.conftest import ARGUMENTS
from tests.browser.counter import TABLET, Store, dismiss, expect_result, open_store, scan
from tests.browser.offline_till import BACK_MS, back, cut, leased, records, redeem, sell_one

STOP = """
(() => {
  // Stand still at a step, as a machine without power does: nothing after it runs.
  const halt = (step) => {
    if (window.haltAt !== step) return;
    window.reached(step);
    for (;;);
  };
  const add = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = function (...given) {
    if (this.name !== "records") return add.apply(this, given);
    halt("before the record is written");
    const asked = add.apply(this, given);
    halt("before the record is committed");
    this.transaction.addEventListener("complete", () => halt("before the result is shown"));
    return asked;
  };
})();
"""
STEPS = {
    "before the record is written": 0,
    "before the record is committed": 0,
    "before the result is shown": 1,
}
"""How many records the log holds after a cut at the step."""


@pytest.fixture
async def store(server_url: str, database: Database) -> AsyncIterator[Store]:
    """Return a store of its own."""
    async with open_store(server_url, database) as opened:
        yield opened


@pytest.fixture
async def playwright() -> AsyncIterator[Playwright]:
    """Return a driver of its own: the browsers of this test are killed."""
    async with async_playwright() as driver:
        yield driver


async def switched_on(playwright: Playwright, chromium: str, disk: Path) -> BrowserContext:
    """Start a browser on the disk of the till."""
    return await playwright.chromium.launch_persistent_context(
        str(disk), executable_path=chromium, args=ARGUMENTS, locale="en-US",
        viewport={"width": TABLET["width"], "height": TABLET["height"]},
    )  # fmt: skip


async def switched_off(context: BrowserContext, disk: Path) -> None:
    """Kill the browser of that disk, which named its process in the lock of its profile, and with it all its pages."""
    gone = asyncio.Event()
    context.on("close", lambda _: gone.set())
    pid = int(os.readlink(disk / "SingletonLock").rpartition("-")[2])
    os.kill(pid, signal.SIGKILL)
    await gone.wait()


async def opened(context: BrowserContext, store: Store) -> Page:
    """Open the till's page that redeems."""
    page = await context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    await page.goto(f"{store.url}/till/redeem")
    await expect(page.locator("[data-test=link]")).to_be_visible()
    return page


@pytest.mark.parametrize("step", STEPS)
async def test_a_power_cut_between_accept_and_log_loses_nothing(
    playwright: Playwright, chromium: str, store: Store, tmp_path: Path, step: str
) -> None:
    context = await switched_on(playwright, chromium, tmp_path)
    await leased(context, store)
    await context.close()  # it was set up before: the cookie of its pairing is on the disk

    context = await switched_on(playwright, chromium, tmp_path)
    reached: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    await context.expose_binding("reached", lambda _, name: reached.set_result(name))
    await context.add_init_script(STOP)
    page = await opened(context, store)
    claim = await store.claim("5 off")
    await cut(context, page)
    await page.locator("nav a").nth(1).click()
    await scan(page, await store.code(claim))
    await expect(page.locator("[data-test=use]")).to_be_visible()
    await dismiss(page)
    await page.evaluate("(step) => { window.haltAt = step }", step)
    await page.locator("[data-test=use]").click(no_wait_after=True)
    assert await asyncio.wait_for(reached, 15) == step
    await switched_off(context, tmp_path)

    context = await switched_on(playwright, chromium, tmp_path)
    await context.set_offline(True)
    page = await opened(context, store)
    await expect(page.locator("[data-test=link]")).to_have_attribute("data-mode", "offline")
    await expect_log(page, STEPS[step])
    if STEPS[step]:
        # it is in the log: the till knows that it took this coupon, though nobody saw it
        await scan(page, await store.code(claim))
        await expect_result(page, "bad", "Used at this till")
        await dismiss(page)
    else:
        # it is not: nobody was told that it was taken, so it is taken now
        await redeem(page, await store.code(claim))
    await expect_log(page, 1)
    await back(context, page)
    await expect(page.locator("[data-test=pending]")).to_have_count(0, timeout=BACK_MS)
    figures = await store.merchant.get(f"/coupons/{store.coupon_ids['5 off']}/figures")
    assert figures["redeemed_count"] == 1
    assert (await store.merchant.get("/redemption-breaks"))["items"] == []
    await context.close()


async def test_a_power_cut_right_after_opening_keeps_the_counter(
    playwright: Playwright, chromium: str, store: Store, tmp_path: Path
) -> None:
    context = await switched_on(playwright, chromium, tmp_path)
    await leased(context, store)
    await switched_off(context, tmp_path)
    context = await switched_on(playwright, chromium, tmp_path)
    await context.set_offline(True)
    page = await opened(context, store)
    await expect(page.locator("[data-test=link]")).to_have_attribute("data-mode", "offline")
    await sell_one(page, store.gtins[2])
    await expect_log(page, 1)
    await context.close()


async def expect_log(page: Page, count: int) -> None:
    """Expect so many records in the log, and as many shown as waiting."""
    if count:
        await expect(page.locator("[data-test=pending]")).to_contain_text(str(count))
    else:
        await expect(page.locator("[data-test=pending]")).to_have_count(0)
    assert len(await records(page)) == count
