"""Red packets on phones: send one with the payment PIN, three open its link, one is too late, the rest comes back."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from fairday.app.demo import seed
from tests.browser.shopping import DESK, PHONE, Shopper, a_phone, a_shopper
from tests.browser.test_shopper_account import PIN, fits, press
from tests.client import Client
from tests.conftest import Server, make_database

SAY = {
    "zh": {"save": "保存", "pin": "新的支付密码", "over": "红包已过期", "back": "已退回钱包", "gone": "手慢了", "best": "手气最佳"},
    "en": {
        "save": "Save", "pin": "New PIN", "over": "It has ended", "back": "came back to your wallet",
        "gone": "Too late", "best": "Luckiest",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
async def own_city(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Return a demo city whose clock may jump."""
    home: Path = tmp_path_factory.mktemp("packets")
    url = await make_database(postgres_url, f"fairday_packets_{os.getpid()}")
    await seed(url, home)
    running = await asyncio.to_thread(Server, url, with_worker=True, FAIRDAY_HOME=str(home))
    yield running.url
    await asyncio.to_thread(running.stop)


async def a_member(browser: Browser, url: str, phone: str, **how: Any) -> Shopper:
    """Return a new member with 50 yuan in the wallet."""
    one = await a_shopper(browser, url, **how)
    await one.open("/me")
    await one.tap("sign-in").click()
    await one.sign_in(phone)
    await one.top_up(50)
    return one


async def free(one: Shopper) -> int:
    """Return what the wallet holds."""
    [balance] = (await one.call("GET", "/wallet"))["balances"]
    return int(balance["free_minor"])


async def send(one: Shopper, total: str, count: int, message: str) -> str:
    """Fill the form, give the PIN, and return the path of the packet's page."""
    await one.open("/packets")
    await one.tap("new-packet").click()
    await one.page.locator("input[name=total]").fill(total)
    await one.page.locator("input[name=count]").fill(str(count))
    await one.page.locator("input[name=message]").fill(message)
    await one.tap("send-packet").click()
    await press(one, PIN)
    await expect(one.page).to_have_url(re.compile(r"/packets/pkt_\w+\?sent=1"))
    await expect(one.tap("copy-link")).to_be_visible()
    return one.page.url.partition("/shop")[2].partition("?")[0]


async def jump(url: str, by: timedelta) -> None:
    """Let the festival's clock jump."""
    async with asyncio.timeout(20):
        guest = Client(url)
        logins = (await guest.get("/sandbox/logins"))["items"]
        boss = next(one for one in logins if one["role"] == "operator")
        session = await guest.post("/sessions", {"login": boss["login"], "password": boss["secret"]})
        operator = Client(url, session["token"])
        now = datetime.fromisoformat((await guest.get("/clock"))["now"])
        await operator.post("/sandbox/clock", {"to": (now + by).isoformat()})
        await operator.close()
        await guest.close()


@pytest.mark.parametrize(("lang", "size"), [("zh", PHONE), ("en", DESK)])
async def test_three_open_it_one_is_too_late_the_rest_comes_back(
    browser: Browser, own_city: str, lang: str, size: dict[str, int]
) -> None:
    say, phone = SAY[lang], a_phone()
    sender = await a_member(browser, own_city, phone, lang=lang, size=size)
    await sender.open("/security")
    main = sender.page.get_by_role("main")
    await main.locator("input[type=tel]").fill(phone)
    await main.locator("button.btn.line").first.click()
    await expect(main.locator("input[autocomplete=one-time-code]")).to_have_value(re.compile(r"^\d{6}$"))
    await main.get_by_label(say["pin"]).fill(PIN)
    await main.locator("form").first.get_by_role("button", name=say["save"]).click()
    await expect(main.locator(".tag.good")).to_be_visible()

    path = await send(sender, "8.88", 4, "祝大家节日快乐")
    assert await free(sender) == 5_000 - 888
    friends = [await a_member(browser, own_city, a_phone(), lang=lang) for _ in range(4)]
    had = []
    for friend in friends[:3]:
        await friend.open(path)
        await friend.tap("open-packet").click()
        await expect(friend.tap("packet-amount")).to_be_visible()
        had.append(await free(friend) - 5_000)
        assert f"{had[-1] / 100:.2f}" in await friend.tap("packet-amount").inner_text()
        await fits(friend.page)
    await jump(own_city, timedelta(hours=24, minutes=1))
    await friends[3].open(path)
    await expect(friends[3].tap("packet-late")).to_contain_text(say["over"])
    await expect(sender.page).to_have_url(re.compile(path))
    async with asyncio.timeout(20):
        while await free(sender) != 5_000 - sum(had):  # noqa: ASYNC110 - the worker's work is looked for
            await asyncio.sleep(0.2)
    await sender.page.reload()
    await expect(sender.tap("packet-back")).to_contain_text(say["back"])
    assert f"{(888 - sum(had)) / 100:.2f}" in await sender.tap("packet-back").inner_text()

    # Another one of a single share: its link was faster for somebody else, and the list tells who.
    path = await send(sender, "1", 2, "x")
    for friend in friends[:2]:
        await friend.open(path)
        await friend.tap("open-packet").click()
        await expect(friend.tap("packet-amount")).to_be_visible()
    await friends[3].open(path)
    await expect(friends[3].tap("packet-late")).to_contain_text(say["gone"])
    await expect(friends[3].page.get_by_text(say["best"])).to_have_count(1)
    await friends[0].open("/packets")
    await expect(friends[0].page.locator("a.card")).to_have_count(2)
    for one in (sender, *friends):
        assert one.errors == []
        await one.context.close()
