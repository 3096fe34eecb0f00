"""Play an offline till in a browser: lease it, cut its network, sell and redeem, read its log, bring it back."""

import json
from typing import Any

from playwright.async_api import BrowserContext, Page, expect

from tests.browser.counter import Store, dismiss, expect_result, scan, start_shift

BACK_MS = 40_000
"""Longest that a till may take to trust the network again, on a busy machine."""
RECORDS = """async (change) => {
    const { name } = (await indexedDB.databases()).find((one) => one.name.startsWith('fairday-till-dev_'));
    const db = await new Promise((done) => { const ask = indexedDB.open(name); ask.onsuccess = () => done(ask.result); });
    const table = db.transaction('records', 'readwrite').objectStore('records');
    const all = await new Promise((done) => { const ask = table.getAll(); ask.onsuccess = () => done(ask.result); });
    if (change) await new Promise((done) => { const ask = table.put({ ...all[0], body: all[0].body.replace(change[0], change[1]) }); ask.onsuccess = done; });
    db.close();
    return all;
}"""


async def leased(context: BrowserContext, store: Store) -> Page:
    """Return a till with an open shift, a lease, and its pages kept on the device."""
    page = await context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    await start_shift(page, store)
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await page.locator("nav a").last.click()
    await expect(page.locator("[data-test=lease]")).to_have_attribute("data-open", "true", timeout=BACK_MS)
    await page.locator("nav a").first.click()
    return page


async def cut(context: BrowserContext, page: Page) -> None:
    """Cut the network and wait until the till goes on without it."""
    await context.set_offline(True)
    await expect(page.locator("[data-test=link]")).to_have_attribute("data-mode", "offline")


async def back(context: BrowserContext, page: Page) -> None:
    """Bring the network back and wait until the till trusts it again."""
    await context.set_offline(False)
    await expect(page.locator("[data-test=link]")).to_have_attribute("data-mode", "online", timeout=BACK_MS)


async def records(page: Page, change: list[str] | None = None) -> list[dict[str, Any]]:
    """Return the till's own log; `change` replaces a text in its first record, as a cheat would."""
    return [json.loads(one["body"]) for one in await page.evaluate(RECORDS, change)]


async def sell_one(page: Page, gtin: str) -> None:
    """Sell one piece for the exact cash, at the page that sells."""
    await page.locator("nav a").first.click()
    await scan(page, gtin)
    await expect(page.locator("[data-test=line]")).to_have_count(1)
    await page.locator("[data-test=pay]").click()
    await page.locator("[data-test=sum]").first.click()
    await expect(page.locator("[data-test=receipt]")).to_be_visible()


async def redeem(page: Page, code: str) -> None:
    """Redeem a coupon whose goods another till sold, at the page that redeems."""
    await page.locator("nav a").nth(1).click()
    await scan(page, code)
    await expect(page.locator("[data-test=use]")).to_be_visible()
    await dismiss(page)
    await page.locator("[data-test=use]").click()
    await expect_result(page, "ok", "Redeemed")
    await dismiss(page)
