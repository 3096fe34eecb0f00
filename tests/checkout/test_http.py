"""Checkout and orders over HTTP: statuses, problem codes, replays, and who may see what."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx
from tests.checkout import city
from tests.checkout.city import Shop
from tests.client import Client, refused


@dataclass
class Town:
    """Hold two shops, their merchants' clients, two members with wallets, their clients, an operator's and a claim."""

    shops: list[Shop]
    merchants: list[Client]
    member: Client
    member_id: str
    other: Client
    operator: Client
    guest: Client
    claim_id: str
    server_url: str

    def body(self, *lines: tuple[int, int, int], **change: Any) -> dict[str, Any]:
        """Ask for lines (shop, index of its SKU, quantity)."""
        return {
            "lines": [
                {"sku_id": self.shops[s].sku_ids[n], "quantity": q, "store_id": self.shops[s].store_id}
                for s, n, q in lines
            ],
            "currency": "CNY",
        } | change


async def _token(tx: Tx, now: datetime, draft: AccountDraft) -> str:
    account = await identity.create_account(tx, draft, now)
    token, _ = await identity.open_session(tx, account.account_id, ttl_s=600, now=now)
    return token


@pytest.fixture
async def town(server_url: str, database: Database) -> AsyncIterator[Town]:
    """Return a town of this test's own."""

    async def build(tx: Tx, now: datetime) -> tuple[list[Shop], list[str], Any, str]:
        shops = [
            await city.shop(tx, now, [10_000, 500]),
            await city.shop(tx, now, [3_000], region_id="CN-BJ"),
        ]
        people = await city.shoppers(tx, now, 2, 100_000)
        tokens = [
            await _token(tx, now, AccountDraft(role=Role.MERCHANT, name="Yu", merchant_id=shop.merchant_id))
            for shop in shops
        ]
        for one in people:
            token, _ = await identity.open_session(tx, one.account_id, ttl_s=600, now=now)
            tokens.append(token)
        tokens.append(await _token(tx, now, AccountDraft(role=Role.OPERATOR, name="Op")))
        claim_id = await city.claim(tx, now, await city.coupon(tx, now, *shops), people[0])
        return shops, tokens, people, claim_id

    shops, tokens, people, claim_id = await database.run(build)
    clients = [Client(server_url, token) for token in tokens] + [Client(server_url)]
    yield Town(
        shops,
        clients[:2],
        clients[2],
        people[0].member_id,
        clients[3],
        clients[4],
        clients[5],
        claim_id,
        server_url,
    )
    for client in clients:
        await client.close()


async def test_quote_order_split_and_lists(town: Town) -> None:
    cart = town.body((0, 0, 1), (1, 0, 2), claim_ids=[town.claim_id])
    view = await town.member.post("/quotes", cart)
    total = view["quote"]["total_minor"]
    assert total == 14_000
    assert view["is_available"] == [True, True]
    order = await town.member.post(
        "/orders", cart | {"expected_total_minor": total, "pay_with": "wallet", "ship_to_region_id": "CN-GD"}
    )
    assert (order["status"], order["total_minor"], order["region_id"]) == ("paid", total, "CN-GD")
    parts = order["merchant_orders"]
    assert [part["merchant_id"] for part in parts] == [shop.merchant_id for shop in town.shops]
    assert (
        sum(
            share["amount_minor"] for part in parts for line in part["lines"] for share in line["allocations"]
        )
        == 2_000
    )
    assert await town.member.get(f"/orders/{order['order_id']}") == order
    listed = await town.member.get("/orders")
    assert [one["order_id"] for one in listed["items"]] == [order["order_id"]]
    own = await town.merchants[1].get("/orders")
    assert [(one["merchant_order_id"], one["total_minor"]) for one in own["items"]] == [
        (parts[1]["merchant_order_id"], parts[1]["net_minor"])
    ]
    seen = await town.merchants[1].get(f"/orders/{order['order_id']}")
    assert [part["merchant_id"] for part in seen["merchant_orders"]] == [town.shops[1].merchant_id]
    trace = await town.member.get(f"/orders/{order['order_id']}/trace")
    assert trace["cart"]["discounts"][0]["claim_id"] == town.claim_id


async def test_the_same_key_answers_the_same_and_another_body_is_refused(town: Town) -> None:
    body = town.body((0, 1, 1), expected_total_minor=500, pay_with="wallet")
    key = uuid.uuid4().hex
    answers = await asyncio.gather(*(town.member.post("/orders", body, key=key) for _ in range(8)))
    assert len({one["order_id"] for one in answers}) == 1
    assert (
        await refused(town.member.post("/orders", body | {"ship_to_region_id": "CN-SH"}, key=key))
    ).code == "idempotency_conflict"
    assert len((await town.member.get("/orders"))["items"]) == 1


async def test_a_changed_price_brings_the_new_quote(town: Town) -> None:
    problem = await refused(
        town.member.post("/orders", town.body((0, 0, 1), expected_total_minor=9_999, pay_with="wallet"))
    )
    assert (problem.status, problem.code) == (409, "price_changed")
    assert problem.document["details"]["quote"]["total_minor"] == 10_000


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"lines": []}, 422, "bad_input"),
        ({"currency": "RMB¥"}, 422, "bad_input"),
        ({"currency": "USD"}, 422, "wrong_currency"),
        ({"expected_total_minor": -1}, 422, "bad_input"),
        ({"expected_total_minor": 2**63}, 422, "bad_input"),
        ({"expected_total_minor": 1.5}, 422, "bad_input"),
        ({"pay_with": "cash"}, 422, "bad_input"),
        ({"line_gross_minor": 1}, 422, "bad_input"),
        ({"claim_ids": ["clm_0"]}, 404, "claim_unknown"),
        ({"claim_ids": ["clm_0"] * 11}, 422, "bad_input"),
        ({"member_id": "mem_1"}, 422, "bad_input"),
        ({"ship_to_region_id": "CN-ZZ"}, 422, "unknown_region"),
    ],
)
async def test_bad_orders_are_refused(town: Town, change: dict[str, Any], status: int, code: str) -> None:
    body = town.body((0, 0, 1), expected_total_minor=10_000, pay_with="wallet") | change
    problem = await refused(town.member.post("/orders", body))
    assert (problem.status, problem.code) == (status, code), problem.document


@pytest.mark.parametrize(
    "line",
    [
        {"sku_id": "sku_0", "quantity": 1},
        {"quantity": 0},
        {"quantity": -1},
        {"quantity": 10_000},
        {"quantity": "1"},
        {"store_id": "sto_0"},
        {"sku_id": "no such thing"},
        {"line_gross_minor": 1},
    ],
)
async def test_bad_lines_are_refused(town: Town, line: dict[str, Any]) -> None:
    body = town.body((0, 0, 1), expected_total_minor=10_000, pay_with="wallet")
    body["lines"] = [body["lines"][0] | line]
    problem = await refused(town.member.post("/orders", body))
    assert problem.status == 422
    assert problem.code in ("bad_lines", "bad_input")


async def test_raw_bodies_never_break_it(town: Town) -> None:
    for raw in (
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"lines": NaN}',
        b'{"currency":"CNY","currency":"CNY"}',
        b"\xff\xfe",
        b"[" * 10_000,
    ):
        problem = await refused(town.member.call("POST", "/orders", raw=raw))
        assert problem.status in (400, 422), problem.document


async def test_guests_may_ask_for_prices_but_not_with_coupons(town: Town) -> None:
    assert (await town.guest.post("/quotes", town.body((0, 1, 2))))["quote"]["total_minor"] == 1_000
    problem = await refused(town.guest.post("/quotes", town.body((0, 0, 1), claim_ids=[town.claim_id])))
    assert problem.code == "coupons_need_member"
    assert (
        await refused(town.other.post("/quotes", town.body((0, 0, 1), claim_ids=[town.claim_id])))
    ).code == "claim_unknown"


async def test_who_may(town: Town) -> None:
    body = town.body((0, 1, 1), expected_total_minor=500, pay_with="wallet")
    assert (await refused(town.guest.post("/orders", body))).status == 401
    assert (await refused(town.merchants[0].post("/orders", body))).status == 403
    order = await town.member.post("/orders", body)
    path = f"/orders/{order['order_id']}"
    part = order["merchant_orders"][0]["merchant_order_id"]
    for stranger in (town.other, town.merchants[1]):
        assert (await refused(stranger.get(path))).status == 404
    assert (await refused(town.other.get(path + "/trace"))).status == 404
    assert (await refused(town.merchants[0].get(path + "/trace"))).status == 403
    assert (await refused(town.other.post(path + "/cancellations"))).status == 404
    assert (await refused(town.other.post(path + "/payments", {}))).status == 404
    assert (await refused(town.merchants[1].post(f"/merchant-orders/{part}/fulfilments"))).status == 404
    assert (await refused(town.merchants[0].post("/merchant-orders/mor_0_1/fulfilments"))).status == 404
    assert (await refused(town.member.post(f"/merchant-orders/{part}/fulfilments"))).status == 403
    assert (
        await refused(town.merchants[0].get("/orders", merchant_id=town.shops[1].merchant_id))
    ).status == 404
    assert (await town.operator.get(path))["order_id"] == order["order_id"]
    assert (await town.operator.get("/orders", merchant_id=town.shops[0].merchant_id))["items"]


async def test_wait_pay_and_pay_again(town: Town) -> None:
    order = await town.member.post(
        "/orders", town.body((0, 0, 1), expected_total_minor=8_000, claim_ids=[town.claim_id])
    )
    assert (order["status"], order["paid_at"]) == ("pending_payment", None)
    paid = await town.member.post(f"/orders/{order['order_id']}/payments", {"pay_with": "wallet"})
    assert (paid["status"], paid["wallet_minor"]) == ("paid", 8_000)
    assert (
        await refused(town.member.post(f"/orders/{order['order_id']}/payments", {}))
    ).code == "order_not_open"


async def test_cancel_and_fulfil(town: Town) -> None:
    body = town.body((0, 0, 1), expected_total_minor=8_000, claim_ids=[town.claim_id], pay_with="wallet")
    order = await town.member.post("/orders", body)
    back = await town.member.post(f"/orders/{order['order_id']}/cancellations")
    assert (back["status"], back["reason"]) == ("refunded", "member")
    assert (
        await refused(town.member.post(f"/orders/{order['order_id']}/cancellations"))
    ).code == "not_cancellable"
    again = await town.member.post("/orders", body)
    part = again["merchant_orders"][0]["merchant_order_id"]
    done = await town.merchants[0].post(f"/merchant-orders/{part}/fulfilments")
    assert done["status"] == "fulfilled"
    assert (
        await refused(town.merchants[0].post(f"/merchant-orders/{part}/fulfilments"))
    ).code == "already_fulfilled"
    assert (
        await refused(town.member.post(f"/orders/{again['order_id']}/cancellations"))
    ).code == "not_cancellable"


async def test_sales_report(town: Town) -> None:
    order = await town.member.post(
        "/orders", town.body((0, 1, 3), expected_total_minor=1_500, pay_with="wallet")
    )
    day = order["placed_at"][:10]
    report = await town.merchants[0].get("/reports/sales", from_day=day, to_day=day, time_zone="UTC")
    assert [(row["order_count"], row["unit_count"], row["net_minor"]) for row in report["rows"]] == [
        (1, 3, 1_500)
    ]
    assert (
        await refused(town.merchants[0].get("/reports/sales", from_day=day, to_day=day, time_zone="Mars"))
    ).code == "bad_days"
    assert (
        await refused(town.merchants[0].get("/reports/sales", from_day="yesterday", to_day=day))
    ).code == "bad_input"
    other = town.shops[1].merchant_id
    assert (
        await refused(town.merchants[0].get("/reports/sales", from_day=day, to_day=day, merchant_id=other))
    ).status == 404
    assert (await refused(town.operator.get("/reports/sales", from_day=day, to_day=day))).status == 404


async def test_cursors_of_others_and_forged_ones(town: Town) -> None:
    for cursor in ("x", "W10", "WyJhIl0x", "WyJub3QgYSB0aW1lIiwib3JkXzEiXQ"):
        for client in (town.member, town.merchants[0]):
            answer = await client.http.get("/v1/orders", params={"cursor": cursor})
            assert answer.json().get("code", "bad_input") == "bad_input"
            assert answer.status_code in (200, 422)
    assert (await refused(town.member.get(f"/orders/{new_id('ord')}"))).status == 404


async def test_a_quote_chooses_the_best_coupons_and_says_why_not(town: Town) -> None:
    body = town.body((0, 0, 2), (1, 0, 1), choosing="best")
    best = await town.member.post("/quotes", body)
    own = [one for one in best["choices"] if one["is_chosen"]]
    assert [one["claim"]["claim_id"] for one in own] == [town.claim_id]
    assert own[0]["saves_minor"] == best["quote"]["discount_minor"] > 0
    given = await town.member.post("/quotes", body | {"choosing": "given"})
    assert given["quote"]["discount_minor"] == 0
    assert [(one["is_chosen"], one["saves_minor"]) for one in given["choices"]] == [
        (False, own[0]["saves_minor"])
    ]
    small = await town.member.post("/quotes", town.body((0, 1, 1), choosing="best"))
    [one] = small["choices"]
    assert small["quote"]["discount_minor"] == 0
    assert (one["is_chosen"], one["why_not"]) == (False, "below_threshold")
    assert one["left_minor"] == one["claim"]["threshold_minor"] - 500
    assert one["why_not_zh"]
    assert one["why_not_en"]
    guest = await town.guest.post("/quotes", body)
    assert (guest["quote"]["discount_minor"], guest["choices"]) == (0, [])


HOME = {
    "name": "小满",
    "phone": "+8613800138000",
    "region_id": "CN-GD",
    "city": "广州",
    "street": "中山路 1 号",
}


async def test_an_order_keeps_its_copy_of_the_address(town: Town) -> None:
    kept = await town.member.post("/members/me/addresses", HOME)
    asked = town.body(
        (0, 0, 1), expected_total_minor=10_000, pay_with="wallet", address_id=kept["address_id"]
    )
    order = await town.member.post("/orders", asked)
    assert order["region_id"] == "CN-GD"
    assert order["merchant_orders"][0]["fulfilment"] == "delivery"
    await town.member.delete(f"/members/me/addresses/{kept['address_id']}")
    for reader in (town.member, town.merchants[0], town.operator):
        shown = await reader.get(f"/orders/{order['order_id']}/ship-to")
        assert shown == {"order_id": order["order_id"]} | HOME
    for reader in (town.other, town.merchants[1]):
        assert (await refused(reader.get(f"/orders/{order['order_id']}/ship-to"))).status == 404


async def test_another_members_address_cannot_be_used(town: Town) -> None:
    kept = await town.member.post("/members/me/addresses", HOME)
    asked = town.body(
        (0, 0, 1), expected_total_minor=10_000, pay_with="wallet", address_id=kept["address_id"]
    )
    assert (await refused(town.other.post("/orders", asked))).code == "not_found"
    assert (await town.other.get("/orders"))["items"] == []
