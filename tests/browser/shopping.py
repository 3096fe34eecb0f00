"""Shop as a person would: what they see and tap, on a phone or at a desk, in Chinese or English."""

import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
LOCALES = {"zh": "zh-CN", "en": "en"}
PASSED_OVER = re.compile(r"status of 40[0-9]|status of 422|ERR_INTERNET_DISCONNECTED|ERR_FAILED")
"""What Chromium writes on its console when the API refuses, or when a test cuts the wire: no error of the page."""


@dataclass
class Shopper:
    """Hold a shopper's browser and what went wrong on its pages."""

    context: BrowserContext
    page: Page
    url: str
    errors: list[str]

    async def open(self, path: str = "/") -> None:
        """Open a page of the shop."""
        await self.page.goto(f"{self.url}/shop{path}")

    def tap(self, testid: str) -> Locator:
        """Return what is tapped, by its test id."""
        return self.page.get_by_test_id(testid)

    async def sign_in(self, phone: str, *, is_new: bool = True) -> None:
        """Fill the sign-in sheet as a person does, with the code that the sandbox fills in; join when the number is new."""
        sheet = self.page.get_by_role("dialog").filter(has=self.page.locator("input[name=phone]"))
        await sheet.locator("input[name=phone]").fill(phone)
        await sheet.locator(".code button").click()
        await expect(sheet.locator("input[name=code]")).to_have_value(re.compile(r"^\d{6}$"))
        await sheet.locator("button.btn.wide").first.click()
        if is_new:
            await sheet.locator("input[name=nickname]").fill("小满")
            await sheet.locator("button.btn.wide").first.click()
        await expect(sheet).to_have_count(0)

    async def end_session(self) -> None:
        """End the session as if from another device: the browser keeps its cookie and does not know."""
        cookie = "; ".join(f"{one['name']}={one['value']}" for one in await self.context.cookies())
        async with httpx2.AsyncClient() as client:
            answer = await client.delete(
                f"{self.url}/v1/sessions/current",
                headers={"cookie": cookie, "fairday-app": "shop", "origin": self.url},
            )
        assert answer.json() == {"is_ended": True}, answer.text

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API with the shopper's own session."""
        return await self.page.evaluate(
            """async ([method, path, body]) => {
              const headers = {"Fairday-App": "shop", "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID()};
              const answer = await fetch("/v1" + path, {method, headers, body: body === null ? undefined : JSON.stringify(body)});
              return answer.json();
            }""",
            [method, path, body],
        )

    async def top_up(self, yuan: int) -> None:
        """Put play money into the wallet."""
        await self.call("POST", "/sandbox/top-ups", {"amount_minor": yuan * 100, "currency": "CNY"})

    async def orders(self) -> list[dict[str, Any]]:
        """Return the shopper's orders."""
        found: list[dict[str, Any]] = (await self.call("GET", "/orders"))["items"]
        return found


async def a_shopper(browser: Browser, url: str, *, size: dict[str, int] = PHONE, lang: str = "zh") -> Shopper:
    """Return a new guest with a browser of their own."""
    context = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        locale=LOCALES[lang],
        reduced_motion="reduce",
        service_workers="block",
    )
    page = await context.new_page()
    shopper = Shopper(context, page, url, [])
    page.on("pageerror", lambda error: shopper.errors.append(str(error)))
    page.on(
        "console",
        lambda told: (
            shopper.errors.append(told.text)
            if told.type == "error" and not PASSED_OVER.search(told.text)
            else None
        ),
    )
    return shopper


def a_phone() -> str:
    """Return a number that is new here."""
    return f"+86150{random.randrange(10**8):08d}"


async def fill_cart(one: Shopper, words: str) -> None:
    """Find something by words and put the first hit into the cart."""
    await one.open(f"/search?q={words}")
    await one.page.locator("a.tile").first.click()
    add = one.page.locator(".bottom-bar .btn.gold")
    await expect(add).to_be_enabled()
    await add.click()
    dialog = one.page.get_by_role("dialog")
    await expect(dialog.or_(one.page.locator(".said p"))).to_be_visible()
    if await dialog.count():
        await dialog.locator(".btn.gold").click()
    await expect(one.page.locator(".bottom-bar .icon b")).to_be_visible()


async def to_checkout(one: Shopper) -> None:
    """Go from the cart to the checkout."""
    await one.open("/cart")
    await expect(one.tap("to-checkout")).to_be_enabled()
    await one.tap("to-checkout").click()


async def a_member_with_money(
    make: Callable[..., Awaitable[Shopper]], *, phone: str | None = None, **how: object
) -> Shopper:
    """Return a new member with 2,000 yuan in the wallet."""
    one = await make(**how)
    await one.open("/me")
    await one.tap("sign-in").click()
    await one.sign_in(phone or a_phone())
    await one.top_up(2_000)
    return one
