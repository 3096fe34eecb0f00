"""Open the console as somebody of the staff, and look at its pages with axe-core."""

import json
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database

PASSWORD = "paper lamp river 7"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
_AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


async def login_of(database: Database, role: Role, merchant_id: str | None = None) -> str:
    """Return the login of a new account."""
    login = f"desk-{uuid.uuid4().hex[:10]}"
    draft = AccountDraft(role=role, name="林夜", login=login, password=PASSWORD, merchant_id=merchant_id)

    async def work(tx: Any, now: datetime) -> None:
        await identity.create_account(tx, draft, now)

    await database.run(work)
    return login


async def opened(
    browser: Browser, server_url: str, login: str, *, locale: str = "zh-CN", size: dict[str, int] = DESK
) -> Page:
    """Return a page of a fresh browser, signed in to the console."""
    context = await browser.new_context(viewport=size, locale=locale, timezone_id="Asia/Shanghai")
    page = await context.new_page()
    page.set_default_timeout(20_000)
    await page.goto(f"{server_url}/console/sign-in")
    status = await page.evaluate(
        """async ([login, password]) => (await fetch("/v1/sessions", {method: "POST", body: JSON.stringify({login, password}),
           headers: {"content-type": "application/json", "Fairday-App": "console"}})).status""",
        [login, PASSWORD],
    )
    assert status == 201
    return page


async def go(page: Page, server_url: str, path: str) -> None:
    """Open a page of the console and wait until it has read what it shows."""
    await page.goto(f"{server_url}/console{path}")
    await page.wait_for_selector("h1")
    await page.wait_for_load_state("networkidle")


async def faults(page: Page) -> list[str]:
    """Return what axe-core finds wrong with the page as it stands (WCAG 2.2 AA and best practices)."""
    if not _AXE.is_file():
        pytest.skip("axe-core is not installed: `sh scripts/setup.sh test`")
    await page.evaluate(_AXE.read_text("utf-8"))
    found = await page.evaluate(
        "async () => JSON.stringify((await axe.run(document, {resultTypes: ['violations']})).violations.map("
        "(one) => [one.id, one.nodes.map((node) => node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? ''))]))"
    )
    return [f"{rule}: {nodes}" for rule, nodes in json.loads(found)]
