"""Build a store for browser tests of the till, and play clerk and shopper there: type as a wedge scanner does."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from playwright.async_api import Browser, BrowserContext, Page, expect

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database
from tests.checkout import city
from tests.client import Client

TABLET = {"width": 1180, "height": 820}
PHONE = {"width": 390, "height": 844}
PIN = "482915"
SUPERVISOR_PIN = "135790"
_numbers = count(int(uuid.uuid4().int % 10**6) * 1000)


def ean13() -> str:
    """Return an EAN-13 that no other test uses."""
    body = f"21{next(_numbers) % 10**10:010}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


@dataclass
class Store:
    """Hold a store with a till, its people as API clients, and what can be scanned there."""

    url: str
    merchant: Client
    member: Client
    till_id: str
    store_id: str
    merchant_id: str
    clerk_login: str
    supervisor_login: str
    gtins: list[str]
    coupon_ids: dict[str, str] = field(default_factory=dict)

    async def setup_code(self) -> str:
        """Return a fresh setup code of the till."""
        return str((await self.merchant.post(f"/tills/{self.till_id}/setup-codes"))["code"])

    async def claim(self, name: str) -> str:
        """Let the member claim a coupon; return the claim."""
        made = await self.member.post(f"/coupons/{self.coupon_ids[name]}/claims", {})
        return str(made["claim_id"])

    async def code(self, claim_id: str) -> str:
        """Return a claim's code as the member's phone shows it now."""
        return str((await self.member.post(f"/claims/{claim_id}/codes"))["text"])

    async def pay_code(self) -> str:
        """Return the member's pay code of this minute."""
        return str((await self.member.post("/pay-codes"))["text"])


@asynccontextmanager
async def open_store(url: str, database: Database, *, wallet_minor: int = 50_000) -> AsyncIterator[Store]:
    """Open a store: goods at 120, 30 and 8, a coupon of 20 off from 100, one of 5 off anything, a member with money."""
    login, boss = f"w{uuid.uuid4().hex[:12]}", f"b{uuid.uuid4().hex[:12]}"
    async with database.transaction() as (tx, now):
        shop = await city.shop(tx, now, [12_000, 3000, 800])
        owner = await identity.create_account(
            tx,
            AccountDraft(
                role=Role.MERCHANT,
                name="店长",
                login=boss,
                pin=SUPERVISOR_PIN,
                merchant_id=shop.merchant_id,
            ),
            now,
        )
        draft = AccountDraft(role=Role.CLERK, name="王丽", login=login, pin=PIN, merchant_id=shop.merchant_id)
        await identity.create_account(tx, draft, now)
        coupons = {
            "20 off 100": await city.coupon(tx, now, merchant_id=shop.merchant_id, platform_bp=0),
            "5 off": await city.coupon(
                tx, now, merchant_id=shop.merchant_id, platform_bp=0, name="5元券", name_en="5 off",
                kind="fixed", amount_minor=500, threshold_minor=0,
            ),
        }  # fmt: skip
        (member,) = await city.shoppers(tx, now, 1, wallet_minor)
        merchant_token, _ = await identity.open_session(tx, owner.account_id, ttl_s=7200, now=now)
        member_token, _ = await identity.open_session(tx, member.account_id, ttl_s=7200, now=now)
    merchant, shopper = Client(url, merchant_token), Client(url, member_token)
    gtins = [ean13() for _ in shop.sku_ids]
    for sku_id, gtin in zip(shop.sku_ids, gtins, strict=True):
        await merchant.patch(f"/skus/{sku_id}", {"gtin": gtin})
    till = await merchant.post("/tills", {"store_id": shop.store_id, "name": "1 号台"})
    yield Store(
        url, merchant, shopper, till["till_id"], shop.store_id, shop.merchant_id, login, boss, gtins, coupons
    )
    await merchant.close()
    await shopper.close()


async def scan(page: Page, text: str) -> None:
    """Type a code as a wedge scanner does: all at once, then Enter; when the page stands, as a clerk would wait for it."""
    await page.evaluate("new Promise((done) => requestIdleCallback(() => done(true), { timeout: 5000 }))")
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


async def expect_result(page: Page, tone: str, title: str) -> None:
    """Expect the coloured result over the whole screen."""
    result = page.locator("[data-test=result]")
    await expect(result).to_have_attribute("data-tone", tone)
    await expect(page.locator("#result-title")).to_contain_text(title)


async def dismiss(page: Page) -> None:
    """Take the result away, if it has not left by itself."""
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-test=result]")).to_have_count(0)


async def press_pad(page: Page, digits: str) -> None:
    """Press the keys of the number pad on the screen."""
    for digit in digits:
        await page.locator(".pad").get_by_role("button", name=digit, exact=True).click()


async def new_context(
    browser: Browser, size: dict[str, int], locale: str, *, service_workers: bool = False
) -> BrowserContext:
    """Return a device of its own."""
    return await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        locale=locale,
        has_touch=True,
        service_workers="allow" if service_workers else "block",
    )


async def start_shift(page: Page, store: Store, *, opening: str = "") -> None:
    """Pair the device by the deep link and open a shift."""
    await page.goto(f"{store.url}/till/?pair={await store.setup_code()}")
    await page.fill("input[name=clerk]", store.clerk_login)
    await page.locator("form .main").click()
    await press_pad(page, opening)
    await page.locator("section .main").click()
    await page.keyboard.type(PIN, delay=80)
    await expect(page.locator("[data-test=link]")).to_be_visible()
