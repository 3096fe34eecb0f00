"""Give browser tests a real Chromium: Debian's, headless, with a page that remembers what went wrong on it."""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, Page, async_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WALL = {"width": 1920, "height": 1080}


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
