"""The big screen as a wall shows it: it counts, it never goes back, and it turns grey when its data stop."""

import asyncio
import json
import re
from collections.abc import Sequence
from typing import Any

from playwright.async_api import Page, Route, expect

from tests.browser.conftest import WatchedPage

DATA = re.compile(r"/v1/screen(/stream)?$")
GREY_WITHIN_MS = 9_000
BACK_WITHIN_MS = 30_000


async def digits(page: Page) -> int:
    """Return what the rolling digits show, in whole yuan."""
    text = await page.get_by_test_id("gmv").get_attribute("data-value")
    assert text is not None
    return int(text)


async def watch_digits(page: Page, seconds: float) -> list[int]:
    """Return what the digits showed, ten times a second."""
    seen = []
    for _ in range(round(seconds * 10)):
        seen.append(await digits(page))
        await asyncio.sleep(0.1)
    return seen


class Wire:
    """Stand between the page and the server's data: pass on totals of our making, or cut the wire."""

    def __init__(self, totals: dict[str, Any], gmv_minor: Sequence[int]) -> None:
        self.totals = totals
        self.gmv_minor = list(gmv_minor)
        self.is_cut = False

    async def answer(self, route: Route) -> None:
        """Answer the snapshot with the first total and the stream with all of them, in order."""
        if self.is_cut:
            await route.abort()
            return
        messages = [json.dumps(self.totals | {"gmv_minor": gmv}) for gmv in self.gmv_minor]
        if route.request.url.endswith("/stream"):
            body = "retry: 500\n\n" + "".join(f"event: totals\ndata: {message}\n\n" for message in messages)
            await route.fulfill(status=200, content_type="text/event-stream", body=body)
        else:
            await route.fulfill(status=200, content_type="application/json", body=messages[0])


async def wire(page: Page, server_url: str, gmv_minor: Sequence[int]) -> Wire:
    """Put a wire before the page; everything but the total is what the server really says."""
    answer = await page.request.get(f"{server_url}/v1/screen")
    assert answer.ok
    wire = Wire(await answer.json() | {"stale": False, "delay_ms": 0}, gmv_minor)
    await page.route(DATA, wire.answer)
    return wire


async def test_the_screen_counts_live_and_asks_no_other_host(
    server_url: str, browser_page: WatchedPage
) -> None:
    page = browser_page.page
    await page.goto(f"{server_url}/screen")
    await expect(page.locator('main[data-freshness="live"]')).to_be_visible(timeout=15_000)
    await expect(page.get_by_test_id("gmv")).to_be_visible()
    await expect(page.get_by_test_id("banner")).to_have_count(0)
    await expect(page.locator("canvas").first).to_be_visible()
    seen = await watch_digits(page, 3)
    assert seen == sorted(seen)
    assert f"{server_url}/v1/screen/stream" in browser_page.requests
    assert browser_page.foreign_requests(server_url) == []
    assert browser_page.errors == []


async def test_the_wall_fits_without_scrolling_and_a_phone_without_sideways_scrolling(
    server_url: str, browser_page: WatchedPage
) -> None:
    page = browser_page.page
    await page.goto(f"{server_url}/screen?lang=en")
    await expect(page.get_by_test_id("gmv")).to_be_visible(timeout=15_000)
    for width, height in ((1920, 1080), (1280, 720), (1366, 768)):
        await page.set_viewport_size({"width": width, "height": height})
        sizes = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        assert await page.evaluate(sizes) == [width, height]
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(page.locator(':root[data-layout="stacked"]')).to_be_attached()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_the_digits_never_go_back(server_url: str, browser_page: WatchedPage) -> None:
    page = browser_page.page
    wire_ = await wire(page, server_url, [100_000_00, 100_000_00])
    await page.goto(f"{server_url}/screen")
    await expect(page.get_by_test_id("gmv")).to_have_attribute("data-value", "100000")
    wire_.gmv_minor = [100_000_00, 250_000_99, 180_000_00]
    seen = await watch_digits(page, 5)
    assert seen == sorted(seen)
    assert seen[0] < seen[-1] == 250_000


async def test_the_screen_turns_grey_when_the_stream_is_cut_and_comes_back(
    server_url: str, browser_page: WatchedPage
) -> None:
    page = browser_page.page
    wire_ = await wire(page, server_url, [123_456_00])
    await page.goto(f"{server_url}/screen")
    banner = page.get_by_test_id("banner")
    await expect(page.locator('main[data-freshness="live"]')).to_be_visible()

    wire_.is_cut = True
    await expect(banner).to_be_visible(timeout=GREY_WITHIN_MS)
    await expect(banner).to_contain_text(re.compile(r"数据中断 · 最后更新 \d\d:\d\d:\d\d"))
    assert "grayscale" in await page.locator(".stage").evaluate("stage => getComputedStyle(stage).filter")
    assert await digits(page) == 123_456

    wire_.is_cut = False
    await expect(banner).to_have_count(0, timeout=BACK_WITHIN_MS)
    await expect(page.locator('main[data-freshness="live"]')).to_be_visible()


async def test_a_round_sum_is_celebrated_once_and_told_with_its_time(
    server_url: str, browser_page: WatchedPage
) -> None:
    page = browser_page.page
    wire_ = await wire(page, server_url, [999_000_00])
    wire_.totals |= {"records": [], "currency": "CNY"}
    await page.goto(f"{server_url}/screen")
    await expect(page.locator('main[data-freshness="live"]')).to_be_visible()
    await expect(page.get_by_test_id("burst")).to_have_count(0)
    record = {"threshold_minor": 100_000_000, "at": wire_.totals["now"], "elapsed_s": 754}
    wire_.totals |= {"records": [record]}
    await expect(page.get_by_test_id("burst")).to_contain_text("¥100万", timeout=10_000)
    await expect(page.get_by_test_id("burst")).to_contain_text("用时 12 分 34 秒")
    await expect(page.get_by_test_id("burst")).to_have_count(0, timeout=10_000)


async def test_amounts_are_hidden_for_the_press(server_url: str, browser_page: WatchedPage) -> None:
    page = browser_page.page
    await wire(page, server_url, [123_456_00])
    await page.goto(f"{server_url}/screen?masked=1")
    await expect(page.get_by_test_id("gmv-masked")).to_be_visible()
    assert "123" not in await page.locator("main").inner_text()
    await page.keyboard.press("m")
    await expect(page.get_by_test_id("gmv")).to_have_attribute("data-value", "123456")


async def test_what_sold_out_and_the_night_to_beat_are_told(
    server_url: str, browser_page: WatchedPage
) -> None:
    page = browser_page.page
    wire_ = await wire(page, server_url, [150_000_00])
    at = wire_.totals["now"]
    wire_.totals |= {
        "sold_out": [{"kind": "sku", "key": "sku_1", "name": "海盐牛角包", "name_en": "Croissant", "at": at}],
        "ghost": {"name": "去年", "name_en": "last year", "gmv_minor": 100_000_00, "series": []},
    }
    await page.goto(f"{server_url}/screen?lang=en")
    await expect(page.get_by_test_id("sold-out")).to_contain_text("Croissant")
    await expect(page.get_by_test_id("ghost")).to_have_text("50.0% ahead of last year")


async def test_a_night_is_played_again(server_url: str, browser_page: WatchedPage) -> None:
    page = browser_page.page
    answer = await page.request.get(f"{server_url}/v1/screen")
    totals = await answer.json()
    frames = [
        totals | {"now": f"2031-11-11T00:0{n}:00Z", "gmv_minor": 100_000 * (n + 1), "records": []}
        for n in range(5)
    ]

    async def give(route: Route) -> None:
        await route.fulfill(json={"items": frames, "next_cursor": None})

    await page.route("**/v1/screen/frames*", give)
    await page.goto(f"{server_url}/screen?replay=start&speed=120&lang=zh")
    await expect(page.get_by_test_id("replay")).to_contain_text("回放 120 倍速")
    await expect(page.get_by_test_id("gmv")).to_have_attribute("data-value", "5000", timeout=10_000)
    await expect(page.get_by_test_id("replay")).to_contain_text("回放结束")
