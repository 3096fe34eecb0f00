"""The operator's desk in a real browser: a festival, a coupon and its kill switch, enrolments, webhooks, a break."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from fairday.festivals import service as festivals
from fairday.festivals.types import FestivalDraft, PhaseDraft, PhaseKind
from fairday.identity import service as identity
from fairday.identity.types import AccountDraft, MerchantDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx
from fairday.webhooks import service as webhooks
from fairday.webhooks.types import EndpointDraft, RegisterRequest
from tests.browser.desk import PHONE, faults, go, login_of, opened
from tests.client import Client, Problem
from tests.coupons import people
from tests.offline.test_http import Booth, booth

__all__ = ["booth"]


@dataclass
class Desk:
    """Hold an operator at a page, and a member who shops."""

    page: Page
    url: str
    login: str
    operator: Client
    member: Client


@pytest.fixture
async def desk(browser: Browser, server_url: str, database: Database) -> AsyncIterator[Desk]:
    """Return an operator's page."""
    login = await login_of(database, Role.OPERATOR)
    async with database.transaction() as (tx, now):
        tokens = [
            await people.token(tx, AccountDraft(role=Role.OPERATOR, name="op"), now),
            await people.token(tx, AccountDraft(role=Role.MEMBER, name="m", member_id=new_id("mem")), now),
        ]
    operator, member = (Client(server_url, token) for token in tokens)
    page = await opened(browser, server_url, login)
    yield Desk(page, server_url, login, operator, member)
    await page.context.close()
    await operator.close()
    await member.close()


async def test_a_festival_is_made_with_its_phases(desk: Desk) -> None:
    page, name = desk.page, f"年货节{uuid.uuid4().hex[:6]}"
    await go(page, desk.url, "/festivals")
    await page.get_by_role("button", name="新建购物节").click()
    await page.get_by_label("名称", exact=True).fill(name)
    await page.get_by_label("英文名称").fill("New Year fair")
    await page.get_by_role("button", name="创建").click()
    await expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    for place, (begins, ends) in enumerate(
        (("2031-01-01T00:00", "2031-01-03T00:00"), ("2031-01-02T00:00", "2031-01-05T00:00"))
    ):
        await page.get_by_role("button", name="添加阶段").click()
        await page.locator(f"#name-{place}").fill(f"阶段{place}")
        await page.locator(f"#name-en-{place}").fill(f"Phase {place}")
        row = page.locator("fieldset.phase").nth(place)
        await row.get_by_label("结束（不含）").fill(ends)
        await row.get_by_label("开始").fill(begins)
        await row.get_by_label("开始").blur()
    # Seen before it is sent: phases of one festival may not overlap.
    await expect(page.get_by_text("重叠")).to_be_visible()
    start = page.locator("fieldset.phase").nth(1).get_by_label("开始")
    await start.fill("2031-01-03T12:00")
    await start.blur()
    await expect(page.get_by_text("空档")).to_be_visible()
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_text("已保存")).to_be_visible()
    await page.get_by_role("button", name="发布").click()
    await page.get_by_role("dialog").get_by_role("button", name="发布").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.get_by_text("已发布")).to_be_visible()
    made = [one for one in (await desk.operator.get("/festivals"))["items"] if one["name"] == name]
    assert (made[0]["status"], len(made[0]["phases"])) == ("live", 2)
    assert made[0]["phases"][0]["starts_at"] == "2030-12-31T16:00:00Z"
    await go(page, desk.url, "/festivals?at=2031-01-02")
    await expect(page.get_by_role("link", name=f"阶段1 · {name}").first).to_be_visible()


async def test_a_coupon_is_made_published_and_stopped(desk: Desk) -> None:
    page, name = desk.page, f"满减{uuid.uuid4().hex[:6]}"
    await go(page, desk.url, "/coupons/new")
    await page.get_by_label("名称", exact=True).fill(name)
    await page.get_by_label("门槛").fill("200")
    await page.get_by_label("优惠金额").fill("30")
    await page.get_by_label("优惠金额").blur()
    await expect(page.get_by_text("满¥200减¥30").first).to_be_visible()
    await page.get_by_role("button", name="存为草稿").click()
    await expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    coupon_id = page.url.rpartition("/")[2]
    await page.get_by_role("button", name="发布").click()
    await page.get_by_role("dialog").get_by_role("button", name="发布").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.get_by_text("进行中").first).to_be_visible()
    await desk.member.post(f"/coupons/{coupon_id}/claims", {})
    await page.get_by_role("button", name="停止").first.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="停止")).to_be_disabled()
    await dialog.get_by_label("原因").fill("羊毛党")
    await dialog.get_by_role("button", name="停止").click()
    await expect(page.get_by_text("已停发")).to_be_visible()
    with pytest.raises(Problem) as refused:
        await desk.member.post(f"/coupons/{coupon_id}/claims", {})
    assert refused.value.code == "issue_stopped"
    [stop, *_] = (await desk.operator.get("/audit", target_id=coupon_id))["items"]
    assert (stop["changes"]["issue_stopped"], stop["changes"]["reason"][1]) == ([False, True], "羊毛党")
    shown = await desk.operator.get(f"/coupons/{coupon_id}")
    assert (shown["terms"]["threshold_minor"], shown["terms"]["amount_minor"]) == (20_000, 3_000)


async def test_enrolments_are_approved_in_bulk(desk: Desk, database: Database) -> None:
    async def ask(tx: Tx, now: datetime) -> str:
        phase = PhaseDraft(
            kind=PhaseKind.SALE, name="a", name_en="a", starts_at=now, ends_at=now.replace(year=2035)
        )
        draft = FestivalDraft(name="报名节", name_en="x", phases=(phase,))
        festival = await festivals.create(tx, draft, now)
        await festivals.publish(tx, festival.festival_id, now)
        for number in range(3):
            name = f"店{number}{uuid.uuid4().hex[:4]}"
            merchant = await identity.create_merchant(tx, MerchantDraft(name=name, name_en=name), now)
            await festivals.enrol(tx, festival.festival_id, merchant.merchant_id, now)
        return festival.festival_id

    festival_id = await database.run(ask)
    page = desk.page
    await go(page, desk.url, f"/enrolments?festival_id={festival_id}")
    await expect(page.get_by_role("row")).to_have_count(4)
    await page.get_by_label("全选本页").check()
    await page.get_by_role("toolbar").get_by_role("button", name="通过").click()
    await expect(page.get_by_text("已处理 3 条")).to_be_visible()
    rows = (await desk.operator.get(f"/festivals/{festival_id}/enrolments", status="approved"))["items"]
    assert len(rows) == 3


async def test_webhook_messages_are_sent_again(desk: Desk, database: Database) -> None:
    async def ask(tx: Tx, now: datetime) -> str:
        draft = EndpointDraft(url="https://hooks.example.com/x", event_types=("orders.Paid",))
        [made] = await webhooks.register(tx, [RegisterRequest(draft, None)], now)
        endpoint_id = str(made.endpoint.endpoint_id)  # type: ignore[union-attr]  # it is not refused
        await tx.execute(
            "UPDATE webhooks.endpoint SET next_attempt_at = clock_timestamp() + interval '1 day' WHERE endpoint_id = $1",
            endpoint_id,
        )
        for sequence in (1, 2):
            await tx.execute(
                "INSERT INTO webhooks.message (event_id, audience, type, body) VALUES ($1, '', 'orders.Paid', '{}')",
                f"evt_desk{sequence}{endpoint_id[-8:]}",
            )
            await tx.execute(
                "INSERT INTO webhooks.delivery (endpoint_id, sequence, event_id, audience, type, status, gives_up_at,"
                " attempts, last_error) VALUES ($1, $2, $3, '', 'orders.Paid', 'dead', clock_timestamp(), 9, 'refused')",
                endpoint_id, sequence, f"evt_desk{sequence}{endpoint_id[-8:]}",
            )  # fmt: skip
        await tx.execute("UPDATE webhooks.endpoint SET last_sequence = 2 WHERE endpoint_id = $1", endpoint_id)
        return endpoint_id

    endpoint_id = await database.run(ask)
    page = desk.page
    await go(page, desk.url, f"/webhooks/{endpoint_id}")
    await expect(page.get_by_role("row")).to_have_count(3)
    await page.get_by_role("button", name="重发已放弃的").click()
    await page.get_by_role("dialog").get_by_role("button", name="重发已放弃的").click()
    await expect(page.get_by_text("2 条消息将重新发送")).to_be_visible()
    log = (await desk.operator.get(f"/webhook-endpoints/{endpoint_id}/deliveries"))["items"]
    assert {one["status"] for one in log} == {"pending"}
    await page.get_by_role("button", name="轮换密钥").click()
    await page.get_by_role("dialog").get_by_role("button", name="轮换密钥").click()
    await expect(page.get_by_test_id("secret")).to_contain_text("whsec_")


async def test_a_break_is_resolved_with_a_reason(desk: Desk, booth: Booth) -> None:
    code = await booth.code()
    for number in (0, 1):
        booth.tills[number].record("redemption", receipt_id=f"R{number}", codes=[code])
        await booth.send(number)
    [found] = (await booth.merchant.get("/redemption-breaks", state="open"))["items"]
    page = desk.page
    await go(page, desk.url, f"/breaks?merchant_id={found['merchant_id']}")
    await expect(page.get_by_text("券已在别处核销")).to_be_visible()
    await page.get_by_role("button", name="处理", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("原因").fill("两台收银台同时断网")
    await dialog.get_by_role("button", name="处理", exact=True).click()
    # It closes when the server has answered; the tab of the same name stands there all the time.
    await expect(dialog).to_be_hidden()
    after = await booth.merchant.get(f"/redemption-breaks/{found['break_id']}")
    assert (after["state"], after["note"]) == ("resolved", "两台收银台同时断网")


PATHS = ("/", "/festivals", "/enrolments", "/merchants", "/coupons", "/coupons/new", "/redemptions", "/breaks", "/reports",
         "/ledger", "/api-keys", "/webhooks", "/audit", "/messages")  # fmt: skip


@pytest.mark.parametrize(("locale", "size"), [("zh-CN", None), ("en-GB", PHONE)], ids=["zh desk", "en phone"])
async def test_every_page_is_clean(
    browser: Browser, server_url: str, desk: Desk, locale: str, size: dict[str, int] | None
) -> None:
    more: dict[str, Any] = {} if size is None else {"size": size}
    page = await opened(browser, server_url, desk.login, locale=locale, **more)
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(str(error)))
    made = await desk.operator.post("/coupons", {"terms": msgspec.json.decode(msgspec.json.encode(_terms()))})
    await desk.operator.post(f"/coupons/{made['coupon_id']}/publish")
    wrong = {}
    for path in (*PATHS, f"/coupons/{made['coupon_id']}"):
        await go(page, server_url, path)
        found = await faults(page)
        width = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if found or width > 0 or told:
            wrong[path] = [*found, f"overflow {width}", *told]
        told.clear()
    await page.context.close()
    assert wrong == {}


def _terms() -> dict[str, Any]:
    return {
        "kind": "fixed", "currency": "CNY", "amount_minor": 500, "funders": [{"kind": "platform", "share_bp": 10000}],
        "claim_starts_at": "2020-01-01T00:00:00Z", "claim_ends_at": "2099-01-01T00:00:00Z", "days_after_claim": 7,
        "quantity_max": 10,
    }  # fmt: skip
