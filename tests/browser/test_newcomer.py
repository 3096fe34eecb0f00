"""A newcomer's way, timed: from the address that `make run` prints to a coupon that was claimed and redeemed.

Only what the screens say is used: roles and visible texts, in Chinese. Every tap goes through `Hand.tap`, the only way to tap
here. What is typed does not count as taps: a phone number, a nickname, the clerk's PIN that the start page shows, and the
twelve digits of the code, read from the shopper's phone and typed at the till as by a clerk without a scanner.
"""

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from fairday.app.demo import seed
from tests.browser.shopping import DESK, PASSED_OVER, PHONE
from tests.conftest import Server, make_database

TAPS_MAX = 12


@dataclass
class Hand:
    """Tap as a person does, and count: one hand for both screens."""

    taps: list[str] = field(default_factory=list)

    async def tap(self, target: Locator) -> None:
        """Tap what can be seen, once; its words are kept for the record."""
        await expect(target).to_be_visible()
        await expect(target).to_be_enabled()
        label = await target.get_attribute("aria-label") or await target.inner_text()
        self.taps.append(" ".join(label.split()))
        await target.click()


@pytest.fixture
async def fresh_city(postgres_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """Return the server of a demo city, fresh as after `make run`."""
    url = await make_database(postgres_url, f"fairday_newcomer_{os.getpid()}")
    await seed(url, tmp_path)
    running = await asyncio.to_thread(Server, url, with_worker=True, FAIRDAY_HOME=str(tmp_path))
    yield running.url
    await asyncio.to_thread(running.stop)


async def window(browser: Browser, url: str, size: dict[str, int], errors: list[str]) -> Page:
    """Open the start page in a window of its own, as somebody who was never here."""
    context = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, locale="zh-CN", service_workers="block"
    )
    page = await context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda told: (
            errors.append(told.text) if told.type == "error" and not PASSED_OVER.search(told.text) else None
        ),
    )
    await page.goto(f"{url}/")
    return page


async def claim(phone: Page, hand: Hand) -> str:
    """Claim a coupon as a new member and show its code; return the digits that the phone shows."""
    await hand.tap(phone.get_by_role("link", name="去领券"))
    ticket = phone.get_by_role("article").filter(has_text="见面礼5元无门槛")
    await hand.tap(ticket.get_by_role("button", name="领取"))
    sheet = phone.get_by_role("dialog", name="登录后继续")
    await sheet.get_by_label("手机号").fill("15012345678")
    await hand.tap(sheet.get_by_role("button", name="获取验证码"))
    await expect(sheet.get_by_label("短信验证码")).to_have_value(re.compile(r"^\d{6}$"))
    await hand.tap(sheet.get_by_role("button", name="登录", exact=True))
    await sheet.get_by_label("昵称").fill("小满")
    await hand.tap(sheet.get_by_role("button", name="注册并登录"))
    await hand.tap(ticket.get_by_role("link", name="到店用"))
    await hand.tap(phone.get_by_role("button", name="点击显示券码"))
    digits = phone.get_by_text(re.compile(r"^\d{4} \d{4} \d{4}$"))
    await expect(digits).to_be_visible()
    return await digits.inner_text()


async def open_till(till: Page, hand: Hand) -> None:
    """Open the till that stands ready and start a shift with the PIN that the start page shows."""
    door = till.get_by_role("listitem").filter(has_text="店员：核销")
    told = re.search(r"开班 PIN\s*(\d{6})", await door.inner_text())
    assert told
    await hand.tap(door.get_by_role("button", name="打开收银台"))
    await hand.tap(till.get_by_role("button", name="下一步"))
    await expect(till.get_by_text(re.compile("PIN（6 位）"))).to_be_visible()
    await till.keyboard.type(told[1])
    await expect(till.get_by_role("heading", name="请扫顾客的券码")).to_be_visible()


async def test_a_newcomer_claims_and_redeems_within_twelve_taps(browser: Browser, fresh_city: str) -> None:
    hand, errors = Hand(), list[str]()
    began = time.monotonic()
    phone = await window(browser, fresh_city, PHONE, errors)
    till = await window(browser, fresh_city, DESK, errors)
    digits = await claim(phone, hand)
    await open_till(till, hand)
    await hand.tap(till.get_by_role("button", name="输入数字"))
    await till.keyboard.type(digits.replace(" ", ""))
    await hand.tap(till.get_by_role("button", name=re.compile("核销")))
    await expect(till.get_by_text("已核销").first).to_be_visible()
    seconds = time.monotonic() - began
    print(f"\nnewcomer: {len(hand.taps)} taps, {seconds:.1f} s: {' · '.join(hand.taps)}")
    assert len(hand.taps) <= TAPS_MAX, hand.taps
    assert errors == []
    # the phone hears of it by itself, when its code is renewed: here it is asked by opening the page again
    await phone.reload()
    await expect(phone.get_by_text("这张券已使用")).to_be_visible()
    await phone.context.close()
    await till.context.close()
