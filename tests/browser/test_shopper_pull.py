"""The shopper's home is read anew when a thumb pulls it down, and only when it is pulled far and straight."""

from collections.abc import Sequence

import pytest
from playwright.async_api import Browser, expect

from tests.browser.desk import PHONE


@pytest.mark.parametrize(
    ("way", "is_read"),
    [([(0, 60), (0, 160)], True), ([(0, 20), (0, 40)], False), ([(60, 10), (120, 160)], False)],
)
async def test_pulling_home_down_reads_it_anew(
    browser: Browser, city_url: str, way: Sequence[tuple[int, int]], is_read: bool
) -> None:
    context = await browser.new_context(
        viewport=PHONE, locale="en-US", has_touch=True, service_workers="block"
    )
    page = await context.new_page()
    await page.goto(f"{city_url}/shop/")
    await page.locator(".tile").first.wait_for()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/v1/festivals/current" in one.url else None)
    finger = await context.new_cdp_session(page)

    async def touch(kind: str, points: Sequence[tuple[int, int]]) -> None:
        found = [{"x": x, "y": y} for x, y in points]
        await finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": found})

    await touch("touchStart", [(120, 60)])
    for x, y in way:
        await touch("touchMove", [(120 + x, 60 + y)])
    if is_read:
        await expect(page.get_by_text("Let go to refresh")).to_be_visible()
    await touch("touchEnd", [])
    await expect(page.locator(".pull .told")).to_have_count(0)
    await page.wait_for_load_state("networkidle")
    assert bool(asked) is is_read
    await context.close()
