"""Measure interaction to next paint on a phone while the feed scrolls: taps on goods and tabs, and keys.

The demo city is loaded and the shopper's home opened with Lighthouse's phone size. In each round the feed is scrolled on and on, which
fetches and draws more of it, and meanwhile somebody opens what lies under the finger, comes back, changes a tab and comes back again.
Chromium itself tells how long each interaction took until the next paint (Event Timing, by interactionId, in steps of 8 ms). The figure is
the 98th percentile as the web's INP takes it: of fewer than fifty interactions the worst. It is taken twice: with the processor as it is,
and slowed four times as Lighthouse's phone has it; both in Chromium without GPU, which draws with the same processor.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path

from playwright.async_api import Error, Locator, Page, async_playwright, expect

from bench import stage
from bench.results import Row
from fairday.app.demo.seed import seed

WANTED_MS = 200.0
ROUNDS = 8
SLOWED = 4
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_OBSERVE = """() => {
  window.heard_ = new Map();
  new PerformanceObserver((list) => {
    for (const { interactionId, duration, name } of list.getEntries()) {
      const before = window.heard_.get(interactionId);
      if (interactionId && (!before || before[0] < duration)) window.heard_.set(interactionId, [duration, name]);
    }
  }).observe({ type: 'event', durationThreshold: 16, buffered: true });
}"""


def measure() -> list[Row]:
    """Measure on a fresh demo city."""
    with stage.database() as url, tempfile.TemporaryDirectory(prefix="fairday-inp-") as home:
        asyncio.run(seed(url, Path(home)))
        with stage.web(url, home=Path(home)) as port:
            rates = {"inp_feed_ms": 1, "inp_feed_slowed_ms": SLOWED}
            return [_row(name, rate, asyncio.run(_interactions(port, rate))) for name, rate in rates.items()]


async def _interactions(port: int, rate: int) -> list[tuple[float, str]]:
    """Return how long each interaction took in milliseconds, and what it was, the shortest first."""
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = await playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        context = await browser.new_context(
            viewport={"width": 412, "height": 823}, has_touch=True, is_mobile=True
        )
        page = await context.new_page()
        await page.goto(f"http://127.0.0.1:{port}/shop/")
        await expect(_tiles(page).first).to_be_visible()
        await page.evaluate(_OBSERVE)
        slow = await context.new_cdp_session(page)
        await slow.send("Emulation.setCPUThrottlingRate", {"rate": rate})
        for _ in range(ROUNDS):
            await _round(page)
        heard: list[tuple[float, str]] = await page.evaluate("[...window.heard_.values()]")
        await browser.close()
    return sorted((float(one[0]), one[1]) for one in heard)


def _row(name: str, rate: int, heard: list[tuple[float, str]]) -> Row:
    worst, what = heard[-1 - len(heard) // 50]
    median, _ = heard[len(heard) // 2]
    late = sum(duration > WANTED_MS for duration, _ in heard)
    speed = f"CPU slowed {rate}x" if rate > 1 else "CPU as it is"
    note = f"p98 of {len(heard)} interactions while the feed scrolls ({what}), median {median:.0f} ms, {late} above, {speed}"
    return Row(name, worst, "ms", "asked for", WANTED_MS, note)


def _tiles(page: Page) -> Locator:
    return page.locator("a[href*='/products/']:visible")


async def _scroll(page: Page) -> None:
    """Scroll on until cancelled, as a thumb does: a push every tenth of a second."""
    while True:
        await page.mouse.wheel(0, 260)
        await asyncio.sleep(0.1)


async def _round(page: Page) -> None:
    """Scroll; press a key, open what lies under the finger, come back, change the tab, come back."""
    scrolling = asyncio.create_task(_scroll(page))
    await asyncio.sleep(1)
    await page.keyboard.press("ArrowDown")
    await _tap_tile(page)
    scrolling.cancel()
    await page.wait_for_url("**/products/**")
    await expect(page.locator(".deal")).to_be_visible()
    await page.go_back()
    await expect(_tiles(page).first).to_be_visible()
    scrolling = asyncio.create_task(_scroll(page))
    await asyncio.sleep(0.5)
    await page.locator("nav a.place[href$='/cart']").tap()
    scrolling.cancel()
    await page.wait_for_url("**/cart")
    await page.locator("nav a.place[href$='/shop/']").tap()
    await expect(_tiles(page).first).to_be_visible()


async def _tap_tile(page: Page) -> None:
    """Tap whatever of the feed lies in the middle of the screen; try again where the tap only stopped the scrolling."""
    for _ in range(10):
        await page.touchscreen.tap(110, 400)
        try:
            await page.wait_for_url("**/products/**", timeout=1_500)
        except Error:
            continue
        return
    raise RuntimeError("nothing of the feed opened")
