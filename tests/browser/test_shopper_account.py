"""What is the shopper's own, on a phone: the payment PIN at checkout, messages, addresses; in both languages."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.shopping import PHONE, Shopper, a_member_with_money, a_phone, fill_cart, to_checkout

Maker = Callable[..., Awaitable[Shopper]]
PIN = "482915"
WORDS = {
    "zh": {
        "send": "获取验证码", "code": "短信验证码", "phone": "手机号", "pin": "新的支付密码", "save": "保存", "set": "已设置",
        "wrong": "还", "claimed": "领到", "paid": "付款成功", "name": "收货人", "street": "详细地址", "city": "城市",
        "change": "修改", "forget": "删除", "fresh": "未读",
    },
    "en": {
        "send": "Send code", "code": "Code", "phone": "Phone", "pin": "New PIN", "save": "Save", "set": "set",
        "wrong": "left", "claimed": "You claimed", "paid": "paid", "name": "Name", "street": "Street and number", "city": "City",
        "change": "Change", "forget": "Delete", "fresh": "unread",
    },
}  # fmt: skip


async def fits(page: Page) -> None:
    """Expect the page to be no wider than the phone."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_a_payment_pin_is_set_and_asked_when_paying(shopper: Maker, lang: str) -> None:
    say, phone = WORDS[lang], a_phone()
    one = await a_member_with_money(shopper, phone=phone, lang=lang)
    await one.open("/security")
    main = one.page.get_by_role("main")
    await main.locator("input[type=tel]").fill(phone)
    await main.locator("button.btn.line").first.click()
    await expect(main.locator("input[autocomplete=one-time-code]")).to_have_value(re.compile(r"^\d{6}$"))
    await main.get_by_label(say["pin"]).fill(PIN)
    await main.locator("form").first.get_by_role("button", name=say["save"]).click()
    await expect(main.locator(".tag.good")).to_have_text(say["set"])
    await fits(one.page)

    await fill_cart(one, "降噪头戴耳机")  # dearer than what goes without a PIN
    await to_checkout(one)
    await one.tap("pickup").click()
    await expect(one.tap("submit-order")).to_be_enabled()
    await one.tap("submit-order").click()
    await one.tap("confirm-pay").click()
    pad = one.tap("pin-pad")
    await expect(pad).to_be_visible()
    await press(one, "111222")
    await expect(one.page.get_by_role("alert").filter(has_text=re.compile(say["wrong"]))).to_be_visible()
    assert [order["status"] for order in await one.orders()] == ["pending_payment"]
    await fits(one.page)
    await press(one, PIN)
    await expect(one.page).to_have_url(re.compile("/result"))
    [order] = await one.orders()
    assert order["status"] == "paid"
    [balance] = (await one.call("GET", "/wallet"))["balances"]
    assert balance["free_minor"] == 200_000 - order["total_minor"]


async def press(one: Shopper, digits: str) -> None:
    """Press the keys of the pad."""
    for digit in digits:
        await one.tap("pin-pad").get_by_role("button", name=digit, exact=True).click()


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_messages_tell_what_happened_and_lead_there(shopper: Maker, lang: str) -> None:
    say = WORDS[lang]
    one = await a_member_with_money(shopper, phone=a_phone(), lang=lang)
    await one.open("/inbox")
    await expect(one.page.locator("a.message")).to_have_count(0)
    await expect(one.page.get_by_role("main")).to_contain_text(re.compile("还没有消息|No messages yet"))
    coupons = (await one.call("GET", "/coupons?limit=50"))["items"]
    coupon = next(each for each in coupons if each["name"] == "到店满100减15")
    await one.call("POST", f"/coupons/{coupon['coupon_id']}/claims", {"channel": "online"})
    await fill_cart(one, "IH")
    await to_checkout(one)
    await one.tap("pickup").click()
    await expect(one.tap("submit-order")).to_be_enabled()
    await one.tap("submit-order").click()
    await one.tap("confirm-pay").click()
    await expect(one.page).to_have_url(re.compile("/result"))
    # the worker writes them from the log: wait until the API has all three
    await one.page.wait_for_function(
        """async () => {
          const answer = await fetch("/v1/inbox", {headers: {"Fairday-App": "shop"}});
          return new Set((await answer.json()).items.map((one) => one.kind)).size >= 3;
        }""",
        polling=300,
    )
    await one.open("/inbox")
    rows = one.page.locator("a.message")
    await expect(rows.filter(has_text=re.compile(say["claimed"]))).to_have_count(1)
    await expect(rows.filter(has_text=re.compile(say["paid"])).first).to_be_visible()
    await expect(rows.filter(has_text=say["fresh"])).to_have_count(await rows.count())
    await fits(one.page)
    await rows.filter(has_text=re.compile(say["claimed"])).click()
    await expect(one.tap("reveal")).to_be_visible()
    await one.open("/inbox")  # what was seen is read
    await expect(rows.first).to_be_visible()
    await expect(rows.filter(has_text=say["fresh"])).to_have_count(0)


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_an_address_is_written_changed_chosen_and_erased(shopper: Maker, lang: str) -> None:
    say = WORDS[lang]
    one = await a_member_with_money(shopper, phone=a_phone(), lang=lang)
    await one.open("/addresses")
    await one.tap("add-address").click()
    sheet = one.page.get_by_role("dialog")
    await sheet.get_by_label(say["name"], exact=True).fill("王小满")
    await sheet.get_by_label(say["phone"], exact=True).fill("138 0013 8000")
    await expect(sheet.locator("select option")).not_to_have_count(0)
    await sheet.get_by_label(say["city"], exact=True).fill("杭州")
    await sheet.get_by_role("button", name=say["save"]).click()
    await expect(sheet).to_be_visible()  # the street is missing: nothing was sent
    await fits(one.page)
    await sheet.get_by_label(say["street"], exact=True).fill("文三路 90 号 5 幢")
    await sheet.get_by_role("button", name=say["save"]).click()
    await expect(sheet).to_have_count(0)
    row = one.page.get_by_role("listitem").filter(has_text="文三路 90 号")
    await expect(row).to_contain_text("王小满")

    await row.get_by_role("button", name=re.compile(say["change"])).click()
    await expect(sheet.get_by_label(say["street"], exact=True)).to_have_value("文三路 90 号 5 幢")
    await sheet.get_by_label(say["street"], exact=True).fill("文二路 1 号")
    await sheet.get_by_role("button", name=say["save"]).click()
    row = one.page.get_by_role("listitem").filter(has_text="文二路 1 号")
    await expect(row).to_be_visible()
    assert len((await one.call("GET", "/members/me/addresses"))["items"]) == 1

    # it is chosen by itself at checkout, and the order keeps it when it is erased
    await fill_cart(one, "IH")
    await to_checkout(one)
    await expect(one.page.get_by_role("radio", name=re.compile("文二路 1 号"))).to_be_checked()
    await expect(one.tap("submit-order")).to_be_enabled()
    await one.tap("submit-order").click()
    await one.tap("confirm-pay").click()
    await expect(one.page).to_have_url(re.compile("/result"))
    [order] = await one.orders()
    await one.open("/addresses")
    await row.get_by_role("button", name=re.compile(say["forget"])).click()
    await expect(row).to_have_count(0)
    assert (await one.call("GET", "/members/me/addresses"))["items"] == []
    await one.open(f"/orders/{order['order_id']}")
    await expect(one.page.get_by_role("main")).to_contain_text("文二路 1 号")
