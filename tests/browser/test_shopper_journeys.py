"""The shopper's stories in a real browser: claim and show a code; fill a cart over two shops, pay, cancel; nothing twice."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Route, expect

from tests.browser.shopping import (
    DESK,
    PHONE,
    Shopper,
    a_member_with_money,
    a_phone,
    fill_cart,
    to_checkout,
)

Maker = Callable[..., Awaitable[Shopper]]
ORDERS = "**/v1/orders"


@pytest.mark.parametrize(("size", "lang"), [(PHONE, "zh"), (DESK, "en")], ids=["phone zh", "desk en"])
async def test_claim_a_coupon_as_a_guest_and_show_its_code(
    shopper: Maker, size: dict[str, int], lang: str
) -> None:
    one = await shopper(size=size, lang=lang)
    await one.open("/coupons")
    await expect(one.page.locator("article.ticket")).to_have_count(11)
    await (
        one.page.locator("article.ticket", has_text=re.compile("到店满100减15|15 off from 100"))
        .get_by_role("button")
        .click()
    )
    await one.sign_in(a_phone())
    await expect(one.page.locator(".said p")).to_be_visible()
    await one.open("/my-coupons")
    await one.tap("show-code").click()
    await expect(one.tap("qr")).to_have_count(0)
    await one.tap("reveal").click()
    await expect(one.tap("qr")).to_be_visible()
    await expect(one.tap("digits")).to_have_text(re.compile(r"^\d{4} \d{4} \d{4}$"))
    text = await one.tap("qr").get_attribute("data-text")
    claims = (await one.call("GET", "/claims?state=unused"))["items"]
    assert text
    assert len(claims) == 1


@pytest.mark.parametrize(("size", "lang"), [(PHONE, "en"), (DESK, "zh")], ids=["phone en", "desk zh"])
async def test_two_shops_one_coupon_one_payment_and_all_of_it_back(
    shopper: Maker, size: dict[str, int], lang: str
) -> None:
    one = await shopper(size=size, lang=lang)
    await fill_cart(one, "降噪头戴耳机")
    await fill_cart(one, "IH")
    await one.open("/cart")
    await expect(one.page.locator("main section.card header.shop")).to_have_count(2)
    await one.tap("to-checkout").click()
    await one.sign_in(a_phone())  # the cart is still there
    await one.top_up(2_000)
    coupon = next(
        c for c in (await one.call("GET", "/coupons?limit=50"))["items"] if c["name"] == "平台满300减50"
    )
    await one.call("POST", f"/coupons/{coupon['coupon_id']}/claims", {"channel": "online"})
    await one.page.reload()
    await one.tap("pickup").click()
    await expect(one.page.locator("aside .price", has_text="50.00").first).to_be_visible()
    total = await one.tap("checkout-total").inner_text()
    await one.tap("submit-order").click()
    await one.tap("confirm-pay").click()
    await expect(one.page).to_have_url(re.compile("/result"))
    [order] = await one.orders()
    assert order["status"] == "paid"
    assert f"{order['total_minor'] / 100:,.2f}" in total
    assert (await one.call("GET", "/claims?state=used"))["items"] != []

    await one.open(f"/orders/{order['order_id']}")
    await one.tap("cancel-order").click()
    await one.tap("confirm-cancel").click()
    await expect(one.page.locator(".state[data-status=refunded]")).to_be_visible()
    wallet = await one.call("GET", "/wallet")
    assert [each["free_minor"] for each in wallet["balances"]] == [200_000]
    assert len((await one.call("GET", "/claims?state=unused"))["items"]) == 1


async def test_a_double_tap_and_a_lost_answer_order_and_pay_once(shopper: Maker) -> None:
    one = await a_member_with_money(shopper)
    await fill_cart(one, "IH")
    await to_checkout(one)
    await one.tap("pickup").click()
    lost = 0

    async def lose_first_answer(route: Route) -> None:
        nonlocal lost
        if route.request.method == "POST" and lost == 0:
            lost += 1
            await route.fetch()  # the server does it, the phone never hears of it
            await route.abort()
        else:
            await route.continue_()

    await one.page.route(ORDERS, lose_first_answer)
    await expect(one.tap("submit-order")).to_be_enabled()
    await one.tap("submit-order").dblclick()
    await expect(one.tap("confirm-pay")).to_be_enabled()
    assert lost == 1
    await one.tap("confirm-pay").dblclick()
    await expect(one.page).to_have_url(re.compile("/result"))
    assert [order["status"] for order in await one.orders()] == ["paid"]
    assert (await one.call("GET", "/wallet"))["balances"][0]["free_minor"] == 200_000 - (await one.orders())[
        0
    ]["total_minor"]


async def test_a_reload_in_the_middle_of_placing_finds_the_same_order(shopper: Maker) -> None:
    one = await a_member_with_money(shopper)
    await fill_cart(one, "IH")
    await to_checkout(one)
    await one.tap("pickup").click()
    done = asyncio.Event()

    async def never_answer(route: Route) -> None:
        if route.request.method == "POST":
            await route.fetch()
            done.set()
        else:
            await route.continue_()

    await one.page.route(ORDERS, never_answer)
    await expect(one.tap("submit-order")).to_be_enabled()
    await one.tap("submit-order").click()
    await done.wait()
    await one.page.unroute(ORDERS)
    await one.page.reload()
    await expect(one.page).to_have_url(re.compile(r"/orders/ord_\w+"))
    await one.tap("confirm-pay").click()
    await expect(one.page).to_have_url(re.compile("/result"))
    assert [order["status"] for order in await one.orders()] == ["paid"]
    await one.page.go_back()
    await one.open("/cart")
    await expect(one.page.locator(".bottom-bar.sum")).to_have_count(0)  # what was bought left the cart


async def test_a_session_that_ends_keeps_the_cart_and_the_intent(shopper: Maker) -> None:
    one = await shopper()
    phone = a_phone()
    await one.open("/me")
    await one.tap("sign-in").click()
    await one.sign_in(phone)
    await one.top_up(2_000)
    await fill_cart(one, "IH")
    await to_checkout(one)
    await one.tap("pickup").click()
    await expect(one.tap("submit-order")).to_be_enabled()
    await one.context.clear_cookies()  # the session is gone
    await one.tap("submit-order").click()
    sheet = one.page.get_by_role("dialog")
    await sheet.locator("input[name=phone]").fill(phone)
    await sheet.get_by_role("button", name="用密码登录").wait_for()
    await one.page.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)
    await one.open("/cart")
    await expect(one.page.locator("main section.card header.shop")).to_have_count(1)


async def test_two_tabs_share_one_cart(shopper: Maker) -> None:
    one = await shopper()
    await fill_cart(one, "IH")
    other = await one.context.new_page()
    await other.goto(f"{one.url}/shop/cart")
    await expect(other.locator(".bottom-bar.sum")).to_be_visible()
    await fill_cart(one, "降噪头戴耳机")
    await expect(other.locator("main section.card header.shop")).to_have_count(2)
    await other.locator(".stepper button").nth(1).click()
    await one.open("/cart")
    await expect(one.page.locator(".stepper output").first).to_have_text("2")
