"""An offer in the console: written with its sentence and price beside it, simulated, approved by a second person, live, stopped."""

import json
import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from fairday.identity.types import AccountDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database, Tx
from fairday.promotions.engine.simulating import SimulateIn, simulate
from tests.browser.desk import PHONE, faults, go, login_of, opened
from tests.checkout import city
from tests.client import Client
from tests.coupons import people


@dataclass
class Desk:
    """Hold two operators at their pages, a shop with a tea of its own name, and a guest who asks for prices."""

    pages: list[Page]
    url: str
    shop: city.Shop
    tea: str
    operator: Client
    guest: Client
    made: list[str] = field(default_factory=list)

    async def total(self, quantity: int) -> int:
        """Return what so many pieces of tea cost anybody now."""
        line = {"sku_id": self.shop.sku_ids[0], "quantity": quantity, "store_id": self.shop.store_id}
        quoted = await self.guest.post("/quotes", {"lines": [line], "currency": "CNY"})
        total: int = quoted["quote"]["total_minor"]
        return total


@pytest.fixture
async def desk(browser: Browser, server_url: str, database: Database) -> AsyncIterator[Desk]:
    """Return two operators' pages; offers that a test made are stopped afterwards."""
    tea = f"春茶{uuid.uuid4().hex[:6]}"

    async def build(tx: Tx, now: datetime) -> tuple[city.Shop, str]:
        token = await people.token(tx, AccountDraft(role=Role.OPERATOR, name="op"), now)
        return await city.shop(tx, now, [10_000]), token

    shop, token = await database.run(build)
    operator, guest = Client(server_url, token), Client(server_url)
    sku = await operator.get(f"/skus/{shop.sku_ids[0]}")
    await operator.patch(f"/products/{sku['product_id']}", {"name": tea})
    pages = [await opened(browser, server_url, await login_of(database, Role.OPERATOR)) for _ in range(2)]
    one = Desk(pages, server_url, shop, tea, operator, guest)
    yield one
    for row in (await operator.get("/offers", status="live"))["items"]:
        await operator.post(f"/offers/{row['offer_id']}/stops", {"reason": "the test is over"})
    for page in pages:
        await page.context.close()
    await operator.close()
    await guest.close()


async def choose(page: Page, label: str, words: str) -> None:
    """Choose the one thing that a select finds by words."""
    await page.get_by_label(label, exact=True).fill(words)
    await page.get_by_role("option", name=re.compile(re.escape(words))).first.click()
    await page.keyboard.press("Escape")


async def test_an_offer_is_written_simulated_approved_by_another_and_stopped(desk: Desk) -> None:
    first, second = desk.pages
    name = f"第二件半价{uuid.uuid4().hex[:6]}"
    await go(first, desk.url, "/offers/new")
    await first.get_by_label("活动名称").fill(name)
    await first.get_by_text("单品", exact=True).click()
    await choose(first, "商品", desk.tea)
    says, sample = first.get_by_test_id("says"), first.get_by_test_id("sample")
    await expect(says.get_by_text(re.compile(f"单品：{desk.tea}.*第二件半价；平台承担"))).to_be_visible()
    await expect(
        says.get_by_text(re.compile(f"Every second piece of {desk.tea}.* at half price"))
    ).to_be_visible()
    await expect(sample.get_by_text("这个活动让顾客少付 ¥50.00")).to_be_visible()
    # One piece of two is lowered; a third costs its price.
    await sample.get_by_role("button", name=re.compile("^增加")).click()
    await expect(sample.get_by_role("row", name=re.compile("^合计")).get_by_text("¥250.00")).to_be_visible()
    await first.get_by_role("button", name="存为草稿").click()
    await expect(first.get_by_role("heading", level=1, name=name)).to_be_visible()
    offer_id = first.url.rpartition("/")[2].partition("?")[0]
    assert await desk.total(2) == 20_000

    approval = first.get_by_test_id("approval")
    await expect(approval.get_by_text("不能审批自己写的版本")).to_be_visible()
    await expect(approval.get_by_role("button", name="审批上线")).to_be_disabled()
    await first.get_by_test_id("simulation").get_by_role("button", name="试算").click()
    await expect(first.get_by_test_id("simulation").get_by_text("命中订单")).to_be_visible()
    await expect(approval.get_by_role("button", name="审批上线")).to_be_disabled()

    await go(second, desk.url, f"/offers?view=awaiting&lane=item&q={name}")
    await expect(second.get_by_role("row", name=re.compile(name))).to_be_visible()
    await second.get_by_role("button", name=re.compile("提醒$")).click()
    await second.get_by_role("link", name=re.compile(f"「{name}」第 1 版待您审批")).click()
    await second.get_by_test_id("approval").get_by_role("button", name="审批上线").click()
    await second.get_by_role("dialog").get_by_role("button", name="审批上线").click()
    await expect(second.get_by_test_id("live").get_by_text("第 1 版 · 线上")).to_be_visible()
    await expect(second.get_by_text("进行中").first).to_be_visible()
    assert await desk.total(2) == 15_000

    await go(second, desk.url, f"/offers?q={name}")
    row = second.get_by_role("row", name=re.compile(name))
    await row.get_by_role("button", name="紧急停止").click()
    dialog = second.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="紧急停止")).to_be_disabled()
    await dialog.get_by_label("原因").fill("标错价")
    await dialog.get_by_role("button", name="紧急停止").click()
    await expect(row.get_by_text("已停止")).to_be_visible()
    assert await desk.total(2) == 20_000
    await row.get_by_role("link", name=re.compile(name)).click()
    await expect(second.get_by_text("停止原因：标错价")).to_be_visible()
    await expect(second.get_by_text("林夜 停止了活动")).to_be_visible()
    told = await desk.operator.get(f"/offers/{offer_id}")
    assert (told["status"], told["stop_reason"], told["latest"]["approved_by"] != told["latest"]["created_by"]) == ("stopped", "标错价", True)  # fmt: skip


async def test_a_new_version_says_what_changed_and_asks_why(desk: Desk) -> None:
    page = desk.pages[0]
    terms = {"name": "满减", "lane": "platform", "items": {"skus": desk.shop.sku_ids}, "benefit": {"type": "every", "every_minor": 30_000, "off_minor": 5_000}}  # fmt: skip
    made = await desk.operator.post("/offers", {"terms": terms, "currency": "CNY", "reason": "first"})
    await go(page, desk.url, f"/offers/{made['offer_id']}/edit")
    await page.get_by_label("减", exact=True).fill("60")
    bar = page.get_by_role("region", name="有未保存的修改")
    await expect(page.get_by_test_id("says").get_by_text(re.compile("每满300减60"))).to_be_visible()
    await bar.get_by_role("button", name="放弃修改").click()
    await expect(page.get_by_label("减", exact=True)).to_have_value("50")
    await page.get_by_label("减", exact=True).fill("70")
    await page.get_by_label("活动名称").fill("")
    await bar.get_by_role("button", name="保存", exact=True).click()
    await expect(page.get_by_text("请填写活动名称，顾客会看到它。")).to_be_visible()
    await page.get_by_label("活动名称").fill("满减70")
    await bar.get_by_role("button", name="保存", exact=True).click()
    await expect(page.get_by_text("请写明为什么改，审批人要看。")).to_be_visible()
    await page.get_by_label("为什么改").fill("再加一点")
    await bar.get_by_role("button", name="保存", exact=True).click()
    await expect(page.get_by_role("heading", level=1, name="满减70")).to_be_visible()
    version = page.get_by_test_id("version-2")
    await expect(version.get_by_text("每满减 · 减")).to_be_visible()
    await expect(version.locator("ins").get_by_text("¥70")).to_be_visible()
    await expect(version.locator("del").get_by_text("¥50")).to_be_visible()
    await expect(version.get_by_text("“再加一点”")).to_be_visible()


async def test_a_conflict_with_a_live_offer_is_seen_while_writing(desk: Desk, database: Database) -> None:
    async def another(tx: Tx, now: datetime) -> str:
        return await people.token(tx, AccountDraft(role=Role.OPERATOR, name="other"), now)

    other = Client(desk.url, await database.run(another))
    name = f"大额{uuid.uuid4().hex[:6]}"
    terms = {"name": name, "lane": "platform", "items": {"skus": desk.shop.sku_ids}, "benefit": {"type": "fixed", "amount_minor": 5_000}, "group": "双11"}  # fmt: skip
    made = await desk.operator.post("/offers", {"terms": terms, "currency": "CNY", "reason": "first"})
    await desk.operator.post(f"/offers/{made['offer_id']}/versions/1/simulations", {})
    await other.post(f"/offers/{made['offer_id']}/versions/1/approvals")
    await other.close()
    page = desk.pages[0]
    await go(page, desk.url, f"/offers/new?from={made['offer_id']}")
    await page.get_by_label("减免金额").fill("10")
    says = page.get_by_test_id("says")
    await expect(says.get_by_role("link", name=name)).to_be_visible()
    await expect(says.get_by_text("不能同享，二者只取一个")).to_be_visible()
    await expect(page.get_by_test_id("sample").get_by_text("这个购物车享受不到")).to_be_visible()


async def test_what_rows_cannot_say_is_kept_as_a_document(desk: Desk) -> None:
    page = desk.pages[0]
    either = {"type": "any", "of": [{"type": "new_member"}, {"type": "channel", "channels": ["in_store"]}]}
    terms = {"name": "二选一", "lane": "item", "items": {"skus": desk.shop.sku_ids}, "benefit": {"type": "percent", "rate_bp": 1000}, "condition": either}  # fmt: skip
    made = await desk.operator.post("/offers", {"terms": terms, "currency": "CNY", "reason": "first"})
    await go(page, desk.url, f"/offers/{made['offer_id']}/edit")
    document = page.get_by_label("专家模式（JSON）")
    await expect(document).to_have_value(re.compile("new_member"))
    await document.fill('{"type": "any"')
    await expect(page.get_by_text("不是有效的 JSON")).to_be_visible()
    await expect(page.get_by_role("button", name="保存为新版本")).to_be_disabled()
    await document.fill('{"type": "quantity", "min": 3}')
    await page.get_by_role("button", name="回到条件列表").click()
    await expect(page.get_by_label("至少")).to_have_value("3")
    await expect(page.get_by_test_id("says").get_by_text(re.compile("满3件"))).to_be_visible()


async def test_a_merchant_writes_for_its_own_shop_only(
    desk: Desk, browser: Browser, database: Database
) -> None:
    login = await login_of(database, Role.MERCHANT, desk.shop.merchant_id)
    page = await opened(browser, desk.url, login, size=PHONE)
    await go(page, desk.url, "/offers/new")
    lanes = page.get_by_role("radiogroup", name="优惠层级").get_by_role("radio")
    assert [await one.get_attribute("value") for one in await lanes.all()] == ["item", "shop"]
    await expect(page.get_by_text("商家活动的优惠由商家全额承担。")).to_be_visible()
    await expect(page.get_by_label("活动方")).to_have_count(0)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await faults(page) == []
    await page.context.close()


@pytest.mark.parametrize("path", ["", "/new", "/one"])
async def test_pages_of_offers_have_no_faults(desk: Desk, path: str) -> None:
    page = desk.pages[0]
    terms = {"name": "满减", "lane": "cross_shop", "items": {"skus": desk.shop.sku_ids}, "benefit": {"type": "every", "every_minor": 30_000, "off_minor": 5_000}}  # fmt: skip
    made = await desk.operator.post("/offers", {"terms": terms, "currency": "CNY", "reason": "first"})
    await desk.operator.post(f"/offers/{made['offer_id']}/versions/1/simulations", {})
    await go(page, desk.url, "/offers" + path.replace("one", made["offer_id"]))
    await (
        page.get_by_test_id("says" if path == "/new" else "simulation" if path else "nothing")
        .or_(page.get_by_role("row"))
        .first.wait_for()
    )
    assert await faults(page) == []


async def test_a_campaign_is_simulated_by_keyboard_from_a_file_and_its_fault_is_found_by_its_row(
    desk: Desk, tmp_path: Path
) -> None:
    """Two carts of the examples come to what `fairday price` says; a wrong cart is named, a slip of the pen by its line."""
    page = desk.pages[0]
    document = json.loads(Path("docs/examples/campaign.json").read_text(encoding="utf-8"))
    priced = simulate(msgspec.convert(document, SimulateIn))
    good, wrong, slip = (tmp_path / f"{name}.json" for name in ("good", "wrong", "slip"))
    good.write_text(json.dumps(document), encoding="utf-8")
    document["carts"][1]["lines"][0]["sku"] = "NOPE"
    wrong.write_text(json.dumps(document), encoding="utf-8")
    slip.write_text('{"carts": [\n  {"cart_id" "1"}\n]}', encoding="utf-8")
    await go(page, desk.url, "/offers")
    await page.get_by_role("link", name="全场试算").press("Enter")
    await page.get_by_role("radio", name="最近的真实订单").press("ArrowRight")
    await page.get_by_label("选择 JSON 文件，或拖到这里").set_input_files(good)
    await expect(page.get_by_text("2 个购物车 · CNY")).to_be_visible()
    await page.get_by_role("button", name="开始试算").press("Enter")
    told = page.get_by_test_id("campaign")
    await expect(told.get_by_text(f"¥{priced.total_minor / 100:,.2f}").first).to_be_visible()
    await expect(told.get_by_role("listitem").filter(has_text="Evening tea")).to_contain_text("从未命中")
    await expect(page.get_by_test_id("conflicts")).to_contain_text("Second tea at half price")
    assert await faults(page) == []
    await page.set_viewport_size(PHONE)
    assert await faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.get_by_label("选择 JSON 文件，或拖到这里").set_input_files(wrong)
    await page.get_by_role("button", name="开始试算").press("Enter")
    await expect(page.get_by_test_id("faults")).to_contain_text("第 2 个购物车")
    await expect(page.get_by_test_id("faults")).to_contain_text("NOPE")
    assert await faults(page) == []
    await page.get_by_label("选择 JSON 文件，或拖到这里").set_input_files(slip)
    await expect(page.get_by_test_id("faults")).to_contain_text("第 2 行第 14 列")
