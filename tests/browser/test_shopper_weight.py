"""The shopper's home stays light: what a phone fetches of JavaScript before it is whole."""

import asyncio
from urllib.request import Request, urlopen

from playwright.async_api import Browser

from tests.browser.desk import PHONE

HOME_JS_MAX = 120_000
"""Bytes of JavaScript, gzip."""


async def test_home_takes_little_javascript(browser: Browser, city_url: str) -> None:
    context = await browser.new_context(viewport=PHONE, locale="zh-CN", service_workers="block")
    page = await context.new_page()
    scripts: set[str] = set()
    page.on("request", lambda one: scripts.add(one.url) if one.resource_type == "script" else None)
    await page.goto(f"{city_url}/shop/")
    await page.locator(".tile").first.wait_for()
    await page.wait_for_load_state("networkidle")
    await context.close()
    assert len(scripts) >= 2
    sizes = {url: await asyncio.to_thread(gzip_bytes, url) for url in sorted(scripts)}
    assert sum(sizes.values()) <= HOME_JS_MAX, sizes


def gzip_bytes(url: str) -> int:
    """Return what a file takes on the wire for who accepts gzip; the smallest are not packed."""
    with urlopen(Request(url, headers={"accept-encoding": "gzip"}), timeout=10) as answer:
        body: bytes = answer.read()
    return len(body)
