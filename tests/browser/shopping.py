"""Shop as a person would: what they see and tap, on a phone or at a desk, in Chinese or English."""

import re
from dataclasses import dataclass
from typing import Any

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

    async def sign_in(self, phone: str) -> None:
        """Fill the sign-in sheet as a person does, with the code that the sandbox shows; join when the number is new."""
        sheet = self.page.get_by_role("dialog")
        await sheet.locator("input[name=phone]").fill(phone)
        await sheet.locator(".code button").click()
        await self.tap("sandbox-code").click()
        await sheet.locator("button.btn.wide").first.click()
        nickname = sheet.locator("input[name=nickname]")
        await expect(nickname.or_(self.page.locator("main"))).not_to_have_count(0)
        if phone.startswith("+86150"):
            await nickname.fill("小满")
            await sheet.locator("button.btn.wide").first.click()
        await expect(sheet.locator("input[name=phone]")).to_have_count(0)

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
