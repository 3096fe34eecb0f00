"""Scan coupons at the till's page: from the scanner's Enter to the coloured result, online and offline, in a real Chromium."""

import asyncio
import os
import shutil
import statistics
from typing import Any

from playwright.async_api import Page, async_playwright
from tests.browser.counter import TABLET, Store, new_context, open_store, scan, start_shift

from bench import stage
from bench.results import Row
from fairday.kernel.tx import Database

SCANS = 200
ONLINE_MAX_MS, OFFLINE_MAX_MS = 300.0, 150.0
BATCH = 40
"""Codes made at once: each lives two minutes."""
_WATCH = """(() => {
    window.taken = [];
    let at = 0;
    window.addEventListener('keydown', (event) => { if (event.key === 'Enter') at = performance.now(); }, true);
    new MutationObserver(() => {
        if (at && document.querySelector('[data-test=result]')) {
            const from = at;
            at = 0;
            requestAnimationFrame(() => window.taken.push(performance.now() - from));
        }
    }).observe(document, { childList: true, subtree: true });
})()"""


def measure() -> list[Row]:
    """Measure `SCANS` different coupons each way; the figure is the 95th percentile, to the frame that shows the colour."""
    with stage.database() as url, stage.web(url) as port:
        online, offline = asyncio.run(_measure(url, port))
    return [
        _row("scan_online_p95_ms", online, ONLINE_MAX_MS),
        _row("scan_offline_p95_ms", offline, OFFLINE_MAX_MS),
    ]


def _row(name: str, taken: list[float], limit: float) -> Row:
    p95 = statistics.quantiles(taken, n=20)[-1]
    note = f"{len(taken)} scans, median {statistics.median(taken):.1f} ms, worst {max(taken):.1f} ms"
    return Row(name, p95, "ms", "asked", limit, note)


async def _measure(url: str, port: int) -> tuple[list[float], list[float]]:
    database = await Database.connect(url, size=2)
    path = os.environ.get("FAIRDAY_CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as playwright, open_store(f"http://127.0.0.1:{port}", database) as store:
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        context = await new_context(browser, TABLET, "en-US")
        await context.add_init_script(
            _WATCH
        )  # before the page's own ears, which keep the scanner's Enter for themselves
        page = await context.new_page()
        await start_shift(page, store)
        await page.locator("nav a").last.click()
        await page.locator("[data-test=lease][data-open=true]").wait_for()
        await page.locator("nav a").nth(1).click()
        online = await _scan_all(page, store, SCANS)
        await context.set_offline(True)
        await page.locator("[data-test=link][data-mode=offline]").wait_for()
        offline = await _scan_all(page, store, SCANS)
        await browser.close()
    await database.close()
    return online, offline


async def _scan_all(page: Page, store: Store, count: int) -> list[float]:
    """Show `count` codes, made in batches while they are fresh, and return how long each took."""
    await page.evaluate("window.taken.length = 0")
    names = list(store.coupon_ids)
    for start in range(0, count, BATCH):
        codes = [await _fresh(store, names[0]) for _ in range(min(BATCH, count - start))]
        for number, code in enumerate(codes, start + 1):
            await scan(page, code)
            await page.wait_for_function("(wanted) => window.taken.length >= wanted", arg=number)
            await page.keyboard.press("Escape")
            await page.locator("[data-test=result]").wait_for(state="detached")
    taken: list[Any] = await page.evaluate("window.taken")
    return [float(one) for one in taken]


async def _fresh(store: Store, name: str) -> str:
    """Return the code of a claim of a new member: a member claims a coupon at most sixty times."""
    made = await store.merchant.post("/sandbox/members", {"count": 1})
    token = made["items"][0]["token"]
    store.member.http.headers["authorization"] = f"Bearer {token}"
    return await store.code(await store.claim(name))
