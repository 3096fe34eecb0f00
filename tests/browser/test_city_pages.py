"""Every page of a demo city is free of the faults that axe-core finds, and its feed answers while it scrolls.

Each page is seen in one language and one size, in turns; `make bench ARGS=axe` sees all of them.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable

import pytest
from bench.axe import faults
from bench.visits import PHONE, Demo, Place
from playwright.async_api import Browser, Page

from fairday.app.demo import seed
from tests.conftest import Server, make_database

AT_ONCE = 3
LANGUAGES = ("zh", "en")
FAULT = "document.body.insertAdjacentHTML('beforeend', '<img src=\"/shop/icons/mark.svg\"><button></button>')"


@pytest.fixture(scope="module")
async def city_url(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Return the server of a demo city of its own: the visits claim, buy and redeem."""
    url = await make_database(postgres_url, f"fairday_axe_{os.getpid()}")
    home = tmp_path_factory.mktemp("city")
    await seed(url, home)
    running = await asyncio.to_thread(Server, url, with_worker=True, FAIRDAY_HOME=str(home))
    yield running.url
    await asyncio.to_thread(running.stop)


def turns(places: list[Place], turn: int) -> list[tuple[Place, str]]:
    """Return every second page with one of its sizes, so that both languages together visit each page once."""
    return [
        (place, place.sizes[number // 2 % len(place.sizes)])
        for number, place in enumerate(places)
        if number % len(LANGUAGES) == turn
    ]


async def test_no_page_has_a_fault_that_axe_finds(browser: Browser, city_url: str) -> None:
    found: list[str] = []
    visited: set[str] = set()
    gate = asyncio.Semaphore(AT_ONCE)

    async def look(demo: Demo, lang: str, place: Place, size: str) -> None:
        async with gate, demo.visit(place, size) as page:
            found.extend(f"{lang} {place.name} {size}: {fault}" for fault in await faults(page))
            visited.add(place.name)

    for turn, lang in enumerate(LANGUAGES):
        demo = await Demo(browser, city_url, lang).open()
        places = demo.places()
        await asyncio.gather(*(look(demo, lang, place, size) for place, size in turns(places, turn)))
        await demo.close()
    assert visited == {place.name for place in places}
    assert not found, "\n".join(found)


async def test_axe_finds_a_fault_that_was_put_in(browser: Browser, server_url: str) -> None:
    page: Page = await browser.new_page(bypass_csp=True)
    await page.goto(f"{server_url}/shop/")
    await page.get_by_role("navigation").first.wait_for()
    await page.evaluate(FAULT)
    assert {"image-alt", "button-name"} <= {rule for rule, _, _ in await faults(page)}
    await page.close()


INTERACTION_MS = 200
"""Slowest answer to an interaction that is asked for; on a busy machine the browser itself is late, so three rounds are allowed."""
TOUCHES = 12
_LISTEN = """() => {
  window.slowest_ = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (one.interactionId) window.slowest_ = Math.max(window.slowest_, one.duration);
  }).observe({ type: 'event', durationThreshold: 16 });
}"""


async def test_the_feed_answers_while_it_scrolls(
    browser: Browser, city_url: str, record_property: Callable[[str, object], None]
) -> None:
    context = await browser.new_context(viewport=PHONE, has_touch=True, service_workers="block")
    page = await context.new_page()
    await page.goto(f"{city_url}/shop/")
    await page.mouse.move(195, 500)
    tiles = page.locator(".feed .tile")
    await tiles.nth(3).wait_for()
    await page.evaluate(_LISTEN)
    rounds: list[float] = []
    for _ in range(3):
        await page.evaluate("window.slowest_ = 0")
        for _ in range(TOUCHES):
            await page.mouse.wheel(0, 700)
            await page.evaluate(
                "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
            )
            await page.keyboard.press("a")  # leads nowhere, but the page has to answer and to draw
        rounds.append(await page.evaluate("window.slowest_"))
        if rounds[-1] <= INTERACTION_MS:
            break
    record_property("slowest_interaction_ms", min(rounds))
    print(f"slowest interaction of each round: {rounds} ms")
    assert await page.evaluate("window.scrollY") > 700, "the feed did not scroll"
    assert await page.evaluate("performance.interactionCount") >= TOUCHES, "nothing counted as an interaction"
    assert min(rounds) <= INTERACTION_MS
    await context.close()
