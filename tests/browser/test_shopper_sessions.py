"""Sessions, tabs and the back button in the middle of a purchase: nothing is doubled, nothing is lost."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.shopping import Shopper, a_member_with_money, a_phone, fill_cart, to_checkout

Maker = Callable[..., Awaitable[Shopper]]
MONEY_MINOR = 200_000


async def at_checkout(make: Maker, phone: str) -> Shopper:
    """Return a member with money whose order waits for one tap."""
    one = await a_member_with_money(make, phone=phone)
    await fill_cart(one, "IH")
    await to_checkout(one)
    await one.tap("pickup").click()
    await expect(one.tap("submit-order")).to_be_enabled()
    return one


async def paid_once(one: Shopper) -> dict[str, Any]:
    """Expect one paid order, its money gone once, and an empty cart; return the order."""
    await expect(one.page).to_have_url(re.compile("/result"))
    [order] = await one.orders()
    assert order["status"] == "paid"
    [balance] = (await one.call("GET", "/wallet"))["balances"]
    assert (balance["free_minor"], balance["held_minor"]) == (MONEY_MINOR - order["total_minor"], 0)
    await one.open("/cart")
    await expect(one.page.get_by_role("main")).to_be_visible()
    await expect(one.page.locator(".bottom-bar.sum")).to_have_count(0)
    return order


async def test_a_session_that_ends_at_submit_places_the_same_order_after_signing_in(shopper: Maker) -> None:
    phone = a_phone()
    one = await at_checkout(shopper, phone)
    keys: list[str] = []
    one.page.on(
        "request",
        lambda asked: (
            keys.append(asked.headers["idempotency-key"])
            if asked.method == "POST" and asked.url.endswith("/v1/orders")
            else None
        ),
    )
    await one.end_session()
    await one.tap("submit-order").click()
    await one.sign_in(phone, is_new=False)
    await expect(one.page).to_have_url(re.compile(r"/orders/ord_\w+"))
    await one.tap("confirm-pay").click()
    await paid_once(one)
    assert len(keys) == 2
    assert len(set(keys)) == 1, "signing in again is the same intent"


async def test_a_session_that_ends_while_paying_pays_the_same_order_after_signing_in(shopper: Maker) -> None:
    phone = a_phone()
    one = await at_checkout(shopper, phone)
    await one.tap("submit-order").click()
    await expect(one.tap("confirm-pay")).to_be_enabled()
    # it ends and the page is loaded anew: the order asks who is there and shows where it stood
    await one.end_session()
    await one.page.reload()
    await one.sign_in(phone, is_new=False)
    await expect(one.tap("confirm-pay")).to_be_enabled()
    # it ends again under the thumb
    await one.end_session()
    await one.tap("confirm-pay").click()
    await one.sign_in(phone, is_new=False)
    await paid_once(one)


async def test_a_session_that_ends_and_a_reload_at_submit_find_the_cart_and_the_order(shopper: Maker) -> None:
    phone = a_phone()
    one = await at_checkout(shopper, phone)
    await one.end_session()
    await one.tap("submit-order").click()
    await expect(one.page.get_by_role("dialog").locator("input[name=phone]")).to_be_visible()
    await one.page.reload()  # with the sheet open: the order was never taken, and is not forgotten either
    await one.sign_in(phone, is_new=False)
    await expect(one.page).to_have_url(re.compile(r"/orders/ord_\w+"))
    await one.tap("confirm-pay").click()
    await paid_once(one)


async def test_back_and_forward_while_paying_find_the_order_and_never_a_second_checkout(
    shopper: Maker,
) -> None:
    one = await at_checkout(shopper, a_phone())
    await one.tap("submit-order").click()
    await expect(one.tap("confirm-pay")).to_be_enabled()
    await one.page.go_back()
    await expect(one.page).to_have_url(re.compile("/cart"))
    await expect(one.page.locator(".bottom-bar.sum")).to_have_count(0)
    await one.page.go_forward()
    await expect(one.page).to_have_url(re.compile(r"/orders/ord_\w+"))
    await one.tap("confirm-pay").click()
    await expect(one.page).to_have_url(re.compile("/result"))
    await one.page.go_back()
    await expect(one.tap("submit-order")).to_have_count(0)
    await expect(one.tap("confirm-pay")).to_have_count(0)
    await one.page.go_forward()
    await paid_once(one)


async def test_two_tabs_at_checkout_place_one_order(shopper: Maker) -> None:
    one = await at_checkout(shopper, a_phone())
    other = await second_tab(one, "/checkout")
    await other.get_by_test_id("pickup").click()
    await expect(other.get_by_test_id("submit-order")).to_be_enabled()
    await one.tap("submit-order").click()
    await expect(one.tap("confirm-pay")).to_be_enabled()
    # what was ordered left the cart, and with it the other tab's checkout
    await expect(other.get_by_test_id("submit-order")).to_have_count(0)
    await expect(other.get_by_role("main")).to_contain_text("没有")
    await one.tap("confirm-pay").click()
    await paid_once(one)


async def test_two_tabs_pay_one_order_once(shopper: Maker) -> None:
    one = await at_checkout(shopper, a_phone())
    await one.tap("submit-order").click()
    await expect(one.tap("confirm-pay")).to_be_enabled()
    [order] = await one.orders()
    other = await second_tab(one, f"/orders/{order['order_id']}?pay=1")
    await expect(other.get_by_test_id("confirm-pay")).to_be_enabled()
    await one.tap("confirm-pay").click()
    await expect(one.page).to_have_url(re.compile("/result"))
    await other.get_by_test_id("confirm-pay").click()
    await expect(other.locator(".state[data-status=paid]")).to_be_visible()
    await paid_once(one)


async def second_tab(one: Shopper, path: str) -> Page:
    """Open a page in another tab of the same browser."""
    tab = await one.context.new_page()
    await tab.goto(f"{one.url}/shop{path}")
    return tab
