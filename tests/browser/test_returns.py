"""From an offer to a refund: edited and approved in the console, seen and bought on a phone, given back as its preview said."""

import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from fairday.identity.types import AccountDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database, Tx
from tests.browser.desk import faults, go, login_of, opened
from tests.browser.shopping import Shopper, a_member_with_money, a_shopper
from tests.checkout import city
from tests.client import Client
from tests.coupons import people

PRICE = 10_000


@dataclass
class Fair:
    """Hold a shop that sells a tea at 100, two operators' pages and its merchant's, a member with a phone and money."""

    shop: city.Shop
    tea: str
    writer: Page
    approver: Page
    merchant: Page
    operator: Client
    one: Shopper
    url: str

    async def free(self) -> int:
        """Return what the member's wallet has free, in minor units."""
        found: int = (await self.one.call("GET", "/wallet"))["balances"][0]["free_minor"]
        return found

    async def order(self) -> dict[str, Any]:
        """Return the member's newest order, whole."""
        [newest, *_] = await self.one.orders()
        found: dict[str, Any] = await self.one.call("GET", f"/orders/{newest['order_id']}")
        return found


@pytest.fixture
async def fair(browser: Browser, server_url: str, database: Database) -> AsyncIterator[Fair]:
    """Return people at their pages; offers that a test made are stopped afterwards."""

    async def build(tx: Tx, now: datetime) -> tuple[city.Shop, str]:
        token = await people.token(tx, AccountDraft(role=Role.OPERATOR, name="op"), now)
        return await city.shop(tx, now, [PRICE]), token

    shop, token = await database.run(build)
    operator = Client(server_url, token)
    tea = f"退茶{uuid.uuid4().hex[:6]}"
    sku = await operator.get(f"/skus/{shop.sku_ids[0]}")
    await operator.patch(f"/products/{sku['product_id']}", {"name": tea})
    logins = [await login_of(database, Role.OPERATOR) for _ in range(2)]
    logins.append(await login_of(database, Role.MERCHANT, shop.merchant_id))
    pages = [await opened(browser, server_url, login) for login in logins]

    async def make(**how: Any) -> Shopper:
        return await a_shopper(browser, server_url, **how)

    one = await a_member_with_money(make)
    yield Fair(shop, tea, *pages, operator, one, server_url)
    for row in (await operator.get("/offers", status="live"))["items"]:
        await operator.post(f"/offers/{row['offer_id']}/stops", {"reason": "the test is over"})
    for page in (*pages, one.page):
        await page.context.close()
    await operator.close()
    assert one.errors == []


async def an_offer(fair: Fair) -> str:
    """Have one operator edit an offer so that returns take it back, and simulate it, and another approve it; return its name."""
    name = f"两件减50-{uuid.uuid4().hex[:6]}"
    benefit = {"type": "every", "every_minor": 2 * PRICE, "off_minor": 4_000}
    terms = {"name": name, "lane": "platform", "items": {"skus": fair.shop.sku_ids}, "benefit": benefit}
    made = await fair.operator.post("/offers", {"terms": terms, "currency": "CNY", "reason": "双11"})
    page = fair.writer
    await go(page, fair.url, f"/offers/{made['offer_id']}/edit")
    await page.get_by_label("减", exact=True).fill("50")
    await page.get_by_text("不满足则扣回").click()
    await page.get_by_label("为什么改").fill("退货要扣回")
    bar = page.get_by_role("region", name="有未保存的修改")
    await bar.get_by_role("button", name="保存", exact=True).click()
    await expect(page.get_by_test_id("version-2")).to_be_visible()
    await page.get_by_test_id("simulation").get_by_role("button", name="试算").click()
    await expect(page.get_by_test_id("simulation").get_by_text("命中订单")).to_be_visible()
    await go(fair.approver, fair.url, f"/offers/{made['offer_id']}")
    await fair.approver.get_by_test_id("approval").get_by_role("button", name="审批上线").click()
    await fair.approver.get_by_role("dialog").get_by_role("button", name="审批上线").click()
    await expect(fair.approver.get_by_test_id("live").get_by_text("第 2 版 · 线上")).to_be_visible()
    [live] = [one for one in (await fair.operator.get("/offers", q=name))["items"] if one["status"] == "live"]
    assert live["live_terms"]["on_return"] == "claw_back"
    return name


async def buy_two(fair: Fair) -> dict[str, Any]:
    """Buy two pieces on the phone for 150; return the order."""
    one, page = fair.one, fair.one.page
    await one.open(f"/search?shop={fair.shop.merchant_id}")
    await page.locator("a.tile", has_text=fair.tea).click()
    await page.locator(".bottom-bar .btn.gold").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.or_(page.locator(".said p"))).to_be_visible()
    if await dialog.count():
        await dialog.locator(".btn.gold").click()
    await expect(page.locator(".bottom-bar .icon b")).to_be_visible()
    await one.open("/cart")
    await page.get_by_role("button", name="加一件").click()
    await expect(one.tap("cart-total")).to_have_text("¥150.00")
    await one.tap("to-checkout").click()
    await one.tap("pickup").click()
    await expect(one.tap("checkout-total")).to_have_text("¥150.00")
    await one.tap("submit-order").click()
    await one.tap("confirm-pay").click()
    await expect(page).to_have_url(re.compile("/result"))
    order = await fair.order()
    assert (order["status"], order["total_minor"]) == ("paid", 15_000)
    return order


async def ask_one_back(fair: Fair, offer: str, *, way: str, reason: str) -> None:
    """Ask on the order's page for one of the pieces and look at what the preview says before confirming."""
    one, page = fair.one, fair.one.page
    await one.tap("give-back").click()
    sheet = page.get_by_role("dialog", name=way)
    await one.tap("confirm-return").click()
    await expect(sheet.get_by_role("alert").get_by_text("请选择要退的商品和件数")).to_be_visible()
    await sheet.get_by_role("button", name="加一件").click()
    # 75 was paid for it; what stays carries 25 of an offer that it no longer earns.
    await expect(one.tap("claw-back")).to_contain_text(f"扣回「{offer}」")
    await expect(one.tap("claw-back")).to_contain_text("-¥25.00")
    await expect(one.tap("refund-sum")).to_contain_text("¥75.00")
    await expect(one.tap("refund-amount")).to_contain_text("¥50.00")
    assert await faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await one.tap("confirm-return").click()
    await expect(sheet.get_by_role("alert").get_by_text("请选择退款原因")).to_be_visible()
    await sheet.get_by_text(reason, exact=True).click()
    await expect(one.tap("confirm-return")).to_contain_text("¥50.00")
    await one.tap("confirm-return").click()


async def test_one_of_two_pieces_goes_back_before_it_leaves_for_what_was_shown(fair: Fair) -> None:
    one = fair.one
    offer = await an_offer(fair)
    order = await buy_two(fair)
    before = await fair.free()
    await one.open(f"/orders/{order['order_id']}")
    await expect(one.tap("cancel-order")).to_be_visible()
    await ask_one_back(fair, offer, way="仅退款", reason="不想要了")
    story = one.tap("return-story")
    await expect(story).to_have_attribute("data-status", "refunded")
    await expect(story).to_contain_text("¥50.00 已退回节日钱包")
    await expect(one.tap("refunded-sum")).to_have_text("¥50.00")
    await expect(one.page.get_by_text("已退 1 件")).to_be_visible()
    await expect(one.tap("cancel-order")).to_have_count(0)
    assert await faults(one.page) == []
    assert await fair.free() - before == 5_000
    assert (await fair.order())["refunded_minor"] == 5_000
    await one.open("/orders")
    await expect(one.page.locator("a.order")).to_contain_text("部分退款")


async def test_one_of_two_pieces_goes_back_to_the_shop_for_what_was_shown(fair: Fair) -> None:
    one, desk = fair.one, fair.merchant
    offer = await an_offer(fair)
    order = await buy_two(fair)
    await go(desk, fair.url, f"/orders/{order['order_id']}")
    await desk.get_by_role("button", name="确认交付").click()
    await expect(desk.get_by_role("button", name="确认交付")).to_have_count(0)
    before = await fair.free()
    await one.open(f"/orders/{order['order_id']}")
    await ask_one_back(fair, offer, way="退货退款", reason="商品破损")
    story = one.tap("return-story")
    await expect(story).to_have_attribute("data-status", "requested")
    await expect(one.page.get_by_text("退货中 1 件")).to_be_visible()
    assert await fair.free() == before
    # What the other piece gives back depends on how this return ends.
    await one.tap("give-back").click()
    await expect(one.tap("return-refusal")).to_contain_text("另一个退货申请处理中")
    await expect(one.tap("confirm-return")).to_be_disabled()
    await one.page.keyboard.press("Escape")
    await expect(one.page.get_by_role("dialog")).to_have_count(0)

    await go(desk, fair.url, "/returns")
    await expect(desk.get_by_role("link", name=re.compile("退货.*1.*项待处理"))).to_be_visible()
    row = desk.get_by_role("row", name=re.compile(fair.tea))
    await expect(row).to_contain_text("商品破损")
    await expect(row).to_contain_text("¥50.00")
    assert await faults(desk) == []
    await row.get_by_role("button", name="确认收货").click()
    await desk.get_by_role("dialog").get_by_role("button", name="收货并退款 ¥50.00").click()
    await expect(desk.get_by_text("没有待收货的退货")).to_be_visible()
    await expect(desk.get_by_role("link", name=re.compile("退货.*项待处理"))).to_have_count(0)

    await one.page.reload()
    await expect(story).to_have_attribute("data-status", "refunded")
    await expect(one.tap("refunded-sum")).to_have_text("¥50.00")
    assert await fair.free() - before == 5_000


async def test_a_shop_says_no_in_words_and_a_member_keeps_the_goods(fair: Fair) -> None:
    """The first return is rejected on the order's page, the second withdrawn; nothing is paid and all can be asked for again."""
    one, desk = fair.one, fair.merchant
    offer = await an_offer(fair)
    order = await buy_two(fair)
    part_id = order["merchant_orders"][0]["merchant_order_id"]
    await fair.operator.post(f"/merchant-orders/{part_id}/fulfilments")
    before = await fair.free()
    await one.open(f"/orders/{order['order_id']}")
    await ask_one_back(fair, offer, way="退货退款", reason="与描述不符")
    story = one.tap("return-story")
    await expect(story).to_have_count(1)

    await go(desk, fair.url, f"/orders/{order['order_id']}")
    card = desk.get_by_test_id("returns")
    await card.get_by_role("button", name="驳回").click()
    dialog = desk.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="驳回申请")).to_be_disabled()
    await dialog.get_by_label("给顾客的回复").fill("茶已开封，不支持退货")
    await dialog.get_by_role("button", name="驳回申请").click()
    await expect(card.get_by_text("已驳回")).to_be_visible()
    assert await faults(desk) == []

    await one.page.reload()
    await expect(story).to_contain_text("茶已开封，不支持退货")
    await ask_one_back(fair, offer, way="退货退款", reason="其他")
    await expect(story).to_have_count(2)
    await one.tap("withdraw-return").click()
    await one.tap("confirm-withdraw").click()
    await expect(story.first).to_have_attribute("data-status", "withdrawn")
    await expect(one.tap("give-back")).to_be_visible()
    assert await fair.free() == before
    assert (await fair.order())["refunded_minor"] == 0


async def test_a_refund_that_changed_is_shown_and_confirmed_anew(fair: Fair) -> None:
    """Another phone gives the first piece back while this one looks: then the last piece gives back what is left of 150."""
    one, page = fair.one, fair.one.page
    await an_offer(fair)
    order = await buy_two(fair)
    before = await fair.free()
    part = order["merchant_orders"][0]
    line = {"line_id": part["lines"][0]["line_id"], "quantity": 1}
    await one.open(f"/orders/{order['order_id']}")
    await one.tap("give-back").click()
    sheet = page.get_by_role("dialog", name="仅退款")
    await sheet.get_by_role("button", name="加一件").click()
    await sheet.get_by_text("不想要了", exact=True).click()
    await expect(one.tap("confirm-return")).to_contain_text("¥50.00")
    body = {"lines": [line], "reason": "other", "expected_refund_minor": 5_000}
    other = await one.call("POST", f"/merchant-orders/{part['merchant_order_id']}/returns", body)
    assert other["status"] == "refunded"
    await one.tap("confirm-return").click()
    await expect(sheet.get_by_text("退款金额已变为 ¥100.00，请核对后重新提交。")).to_be_visible()
    await expect(one.tap("refund-amount")).to_contain_text("¥100.00")
    await one.tap("confirm-return").click()
    await expect(page.get_by_role("heading", name="已退款")).to_be_visible()
    assert await fair.free() - before == 15_000
