"""Pair, open a shift, sell and redeem over HTTP as a device and a clerk; who may not, and what bad input gets."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database
from tests.checkout import city as world
from tests.client import Client, Problem, is_nobody, problem_of
from tests.tills.city import PIN


@dataclass
class Counter:
    """Hold a store's people as API clients, and what a member shows there."""

    merchant: Client
    device: Client
    clerk: Client
    till_id: str
    shift_id: str
    sku_id: str
    store_id: str
    claim_id: str
    member: Client
    clerk_login: str
    anyone: Client
    stranger: Client

    async def code(self) -> str:
        """Return the coupon's code as the member's phone shows it now."""
        return str((await self.member.post(f"/claims/{self.claim_id}/codes"))["text"])


@pytest.fixture
async def counter(server_url: str, database: Database) -> AsyncIterator[Counter]:
    """Return a store with a paired till and an open shift."""
    login = f"w{uuid.uuid4().hex[:12]}"
    async with database.transaction() as (tx, now):
        shop = await world.shop(tx, now, [12_000])
        owner = await identity.create_account(
            tx, AccountDraft(role=Role.MERCHANT, name="m", merchant_id=shop.merchant_id), now
        )
        clerk = AccountDraft(role=Role.CLERK, name="王丽", login=login, pin=PIN, merchant_id=shop.merchant_id)
        await identity.create_account(tx, clerk, now)
        coupon_id = await world.coupon(tx, now, merchant_id=shop.merchant_id, platform_bp=0)
        (member,) = await world.shoppers(tx, now, 1, 50_000)
        claim_id = await world.claim(tx, now, coupon_id, member)
        merchant_token, _ = await identity.open_session(tx, owner.account_id, ttl_s=3600, now=now)
        member_token, _ = await identity.open_session(tx, member.account_id, ttl_s=3600, now=now)
    merchant = Client(server_url, merchant_token)
    till = await merchant.post("/tills", {"store_id": shop.store_id, "name": "1 号台"})
    code = await merchant.post(f"/tills/{till['till_id']}/setup-codes")
    anyone = Client(server_url)
    paired = await anyone.post("/tills/pairings", {"setup_code": code["qr_text"], "device_name": "Counter"})
    device = Client(server_url, paired["token"])
    opened = await device.post("/shifts", {"clerk": login, "pin": PIN, "opening_cash_minor": 1000})
    # An address of its own, so that its wrong guesses lock nobody else out.
    stranger = Client(server_url)
    await stranger.close()
    stranger.http = httpx2.AsyncClient(
        base_url=server_url, transport=httpx2.AsyncHTTPTransport(local_address="127.0.0.9")
    )
    made = Counter(
        merchant,
        device,
        Client(server_url, opened["token"]),
        till["till_id"],
        opened["shift"]["shift_id"],
        shop.sku_ids[0],
        shop.store_id,
        claim_id,
        Client(server_url, member_token),
        login,
        anyone,
        stranger,
    )
    yield made
    for client in (merchant, device, made.clerk, made.member, anyone, stranger):
        await client.close()


async def test_a_day_at_the_till(counter: Counter) -> None:
    clerk = counter.clerk
    here = await clerk.get("/tills/current")
    assert here["till"]["till_id"] == counter.till_id
    assert here["shift"]["shift_id"] == counter.shift_id
    lines = [{"sku_id": counter.sku_id, "quantity": 1}]
    prepared = await clerk.post("/redemptions/preparations", {"code": await counter.code(), "lines": lines})
    assert (prepared["discount_minor"], prepared["line_numbers"]) == (2000, [1])
    body = {"claim_id": prepared["claim_id"], "receipt_id": "A-1", "lines": lines}
    key = uuid.uuid4().hex
    used = await clerk.post("/redemptions", body, key=key)
    assert await clerk.post("/redemptions", body, key=key) == used
    assert await clerk.post("/redemptions", body) == used
    assert await problem_of(
        clerk.post("/redemptions/preparations", {"code": await _code_or_old(counter, prepared)})
    ) in [(409, "already_used"), (422, "code_invalid")]
    undone = await clerk.post(f"/redemptions/{used['redemption_id']}/reversals", {"reason": "wrong item"})
    assert undone["reversed_by"] == used["clerk_id"]
    quoted = await clerk.post("/till-sales/quotes", {"lines": lines, "coupon_codes": [await counter.code()]})
    assert quoted["total_minor"] == 10_000
    pay = await counter.member.post("/pay-codes")
    sale = {
        "receipt_id": "A-2",
        "lines": lines,
        "claim_ids": quoted["claim_ids"],
        "pay_code": pay["text"],
        "expected_total_minor": 10_000,
        "wallet_minor": 6000,
        "cash_tendered_minor": 5000,
    }
    made = await clerk.post("/till-sales", sale)
    assert (made["change_minor"], made["receipt_number"]) == (1000, 1)
    assert await clerk.post("/till-sales", sale) == made
    assert (await clerk.get(f"/till-sales/{made['sale_id']}")) == made
    assert [
        one["sale_id"]
        for one in (await counter.merchant.get("/till-sales", store_id=counter.store_id))["items"]
    ] == [made["sale_id"]]
    assert [one["redemption_id"] for one in (await clerk.get("/redemptions"))["items"]] == [
        used["redemption_id"]
    ]
    undone = await clerk.post(f"/till-sales/{made['sale_id']}/undos")
    assert undone["undone_at"]
    closed = await clerk.post(f"/shifts/{counter.shift_id}/closings", {"counted_cash_minor": 990})
    assert (closed["expected_cash_minor"], closed["counted_cash_minor"]) == (1000, 990)
    assert (await problem_of(clerk.post("/till-sales", sale | {"receipt_id": "A-3"})))[0] in (401, 403)
    assert [one["shift_id"] for one in (await counter.merchant.get("/shifts"))["items"]] == [counter.shift_id]


async def _code_or_old(counter: Counter, prepared: dict[str, Any]) -> str:
    """Return the code of a used claim, which the member can no longer show: then any other text."""
    try:
        return await counter.code()
    except Problem:
        return "NOT A CODE"


async def test_five_wrong_pins_lock_the_clerk_out(counter: Counter) -> None:
    body = {"clerk": counter.clerk_login, "pin": "000000"}
    for _ in range(5):
        assert await problem_of(counter.device.post("/shifts", body)) == (401, "wrong_pin")
    assert await problem_of(counter.device.post("/shifts", body | {"pin": PIN})) == (429, "too_many_requests")
    # a clerk nobody knows is answered alike
    stranger = {"clerk": f"nobody{uuid.uuid4().hex[:8]}", "pin": PIN}
    assert await problem_of(counter.device.post("/shifts", stranger)) == (401, "wrong_pin")


async def test_guessing_setup_codes_is_counted(counter: Counter) -> None:
    seen = [
        await problem_of(counter.stranger.post("/tills/pairings", {"setup_code": f"AAAA-{n:04}"}))
        for n in range(25)
    ]
    assert seen[:20] == [(422, "setup_code_invalid")] * 20
    assert seen[-1] == (429, "too_many_requests")


async def test_a_revoked_device_is_out_at_once(counter: Counter) -> None:
    (device,) = (await counter.merchant.get(f"/tills/{counter.till_id}/devices"))["items"]
    await counter.merchant.delete(f"/tills/{counter.till_id}/devices/{device['device_id']}")
    await is_nobody(counter.device, "/tills/current")


async def test_who_may_not(counter: Counter) -> None:
    sale = {"receipt_id": "X", "lines": [{"sku_id": counter.sku_id}], "expected_total_minor": 1}
    for client, status in (
        (counter.merchant, 403),
        (counter.device, 403),
        (counter.member, 403),
        (counter.anyone, 401),
    ):
        assert (await problem_of(client.post("/till-sales", sale)))[0] == status
        assert (await problem_of(client.post("/redemptions", {"code": "12345678", "receipt_id": "x"})))[
            0
        ] == status
    assert (await problem_of(counter.clerk.post("/tills", {"store_id": counter.store_id, "name": "x"})))[
        0
    ] == 403
    assert (await problem_of(counter.clerk.post("/pay-codes")))[0] == 403


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"lines": []}, 422, "bad_input"),
        ({"lines": [{"quantity": 1}]}, 422, "bad_basket"),
        ({"lines": [{"gtin": "690123456789x"}]}, 422, "bad_input"),
        ({"lines": [{"gtin": "6901234567892"}]}, 422, "bad_basket"),
        ({"lines": [{"sku_id": "sku_000000000000000000000000000"}]}, 422, "bad_lines"),
        ({"lines": [{"sku_id": "x"}]}, 422, "bad_input"),
        ({"expected_total_minor": -1}, 422, "bad_input"),
        ({"expected_total_minor": 10**30}, 422, "bad_input"),
        ({"expected_total_minor": 1, "cash_tendered_minor": 1}, 409, "price_changed"),
        ({"cash_tendered_minor": 11_999}, 422, "too_little_cash"),
        ({"wallet_minor": 1}, 422, "pay_code_needed"),
        ({"wallet_minor": 1, "pay_code": "12345678"}, 422, "code_invalid"),
        ({"coupon_codes": ["12345678"]}, 422, "code_invalid"),
        ({"claim_ids": ["clm_000000000000000000000000000"]}, 409, "not_prepared"),
        ({"receipt_id": ""}, 422, "bad_input"),
        ({"receipt_id": "x" * 65}, 422, "bad_input"),
        ({"pos": 1}, 422, "bad_input"),
    ],
)  # fmt: skip
async def test_bad_sales(counter: Counter, change: dict[str, Any], status: int, code: str) -> None:
    sale = {
        "receipt_id": "B-1",
        "lines": [{"sku_id": counter.sku_id}],
        "expected_total_minor": 12_000,
        "cash_tendered_minor": 12_000,
    }
    assert await problem_of(counter.clerk.post("/till-sales", sale | change)) == (status, code)


async def test_redemption_names_its_coupon_once(counter: Counter) -> None:
    for body in (
        {"receipt_id": "C-1"},
        {"receipt_id": "C-1", "code": "12345678", "claim_id": counter.claim_id},
    ):
        assert await problem_of(counter.clerk.post("/redemptions", body)) == (422, "bad_basket")
    nothing = "/redemptions/red_000000000000000000000000000/reversals"
    assert await problem_of(counter.clerk.post(nothing, {"reason": "x"})) == (404, "not_found")
    assert await problem_of(counter.clerk.post("/till-sales/sal_0/undos")) == (404, "not_found")


async def test_a_supervisor_refunds_with_a_pin_after_the_minute(counter: Counter, database: Database) -> None:
    async with database.transaction() as (tx, now):
        found = await identity.account_by_login(tx, counter.clerk_login)
        assert found is not None
        login = f"m{uuid.uuid4().hex[:12]}"
        draft = AccountDraft(
            role=Role.MERCHANT, name="店长", login=login, pin="135790", merchant_id=found.merchant_id
        )
        supervisor = await identity.create_account(tx, draft, now)
    goods = await counter.clerk.get("/till-goods", q="SKU")
    assert isinstance(goods["items"], list)
    sale = {
        "receipt_id": f"F-{uuid.uuid4().hex[:8]}",
        "lines": [{"sku_id": counter.sku_id}],
        "expected_total_minor": 12_000,
        "cash_tendered_minor": 12_000,
    }
    made = await counter.clerk.post("/till-sales", sale)
    path = f"/till-sales/{made['sale_id']}/refunds"
    asked = {"supervisor": login, "pin": "135790", "reason": "broken"}
    assert await problem_of(counter.clerk.post(path, asked | {"pin": "000000"})) == (401, "wrong_pin")
    assert await problem_of(
        counter.clerk.post(path, asked | {"supervisor": counter.clerk_login, "pin": PIN})
    ) == (
        401,
        "wrong_pin",
    )
    back = await counter.clerk.post(path, asked)
    assert (back["undo_approved_by"], back["undo_reason"]) == (supervisor.account_id, "broken")
    assert back["undone_at"]
    assert await counter.clerk.post(path, asked | {"reason": "again"}) == back
    desk = await counter.clerk.get("/tills/current")
    assert desk["shift"]["expected_cash_minor"] == 1000
    assert await problem_of(counter.clerk.post("/till-sales/sal_0/refunds", asked)) == (404, "not_found")
