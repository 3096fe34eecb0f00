"""Give browser tests a real Chromium: Debian's, headless, with a page that remembers what went wrong on it."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from fairday.app.demo import seed
from tests.browser.shopping import Shopper, a_shopper
from tests.conftest import Server, make_database

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WALL = {"width": 1920, "height": 1080}
expect.set_options(timeout=15_000)
"""A machine that does other things as well is slow, not wrong."""


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium; skip without it, but fail in CI, where its absence would hide these tests."""
    for name in (os.environ.get("FAIRDAY_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        if name and (path := shutil.which(name)):
            return path
    reason = "Chromium is missing: `apt-get install chromium`, or set FAIRDAY_CHROMIUM to its path"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """Return one browser for the run."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        await launched.close()


@dataclass
class WatchedPage:
    """Hold a page and what it did: every address it asked for, and every error it told."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def foreign_requests(self, server_url: str) -> list[str]:
        """Return the requests that left the server."""
        return [url for url in self.requests if not url.startswith((f"{server_url}/", "data:", "blob:"))]


@pytest.fixture
async def browser_page(browser: Browser) -> AsyncIterator[WatchedPage]:
    """Return a fresh page, as wide as a wall."""
    context = await browser.new_context(viewport=WALL, locale="zh-CN")
    page = await context.new_page()
    watched = WatchedPage(page)
    page.on("request", lambda request: watched.requests.append(request.url))
    page.on("pageerror", lambda error: watched.errors.append(str(error)))
    page.on("console", lambda told: watched.errors.append(told.text) if told.type == "error" else None)
    yield watched
    await context.close()


@pytest.fixture(scope="session")
async def city_url(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Return a server with a demo city for shoppers, one for the run; each brings members of their own."""
    home: Path = tmp_path_factory.mktemp("city")
    url = await make_database(postgres_url, f"fairday_shop_{os.getpid()}")
    await seed(url, home)
    running = await asyncio.to_thread(Server, url, with_worker=True, FAIRDAY_HOME=str(home))
    yield running.url
    await asyncio.to_thread(running.stop)


@pytest.fixture
async def shopper(browser: Browser, city_url: str) -> AsyncIterator[Callable[..., Awaitable[Shopper]]]:
    """Return a maker of shoppers; their pages must have told no error in the end."""
    made: list[Shopper] = []

    async def make(**how: Any) -> Shopper:
        one = await a_shopper(browser, city_url, **how)
        made.append(one)
        return one

    yield make
    errors = [error for one in made for error in one.errors]
    for one in made:
        await one.context.close()
    assert errors == []
