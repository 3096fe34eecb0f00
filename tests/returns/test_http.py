"""Returns over HTTP: a member previews, asks and is paid; the shop takes in or rejects; strangers see nothing."""

from typing import Any

from tests.client import problem_of
from tests.promotions.conftest import Fair


def asked(order: dict[str, Any], part: int, *quantities: int, **more: Any) -> tuple[str, dict[str, Any]]:
    """Return the path of a part and a body that asks for so many pieces of its lines."""
    found = order["merchant_orders"][part]
    lines = [
        {"line_id": line["line_id"], "quantity": count}
        for line, count in zip(found["lines"], quantities, strict=True)
        if count
    ]
    return f"/merchant-orders/{found['merchant_order_id']}", {"lines": lines} | more


async def buy(fair: Fair, *lines: tuple[int, int, int]) -> dict[str, Any]:
    cart = fair.cart(*lines)
    total = (await fair.member.post("/quotes", cart))["quote"]["total_minor"]
    order: dict[str, Any] = await fair.member.post(
        "/orders", cart | {"expected_total_minor": total, "pay_with": "wallet"}
    )
    return order


async def test_a_member_sees_what_comes_back_before_asking_and_gets_just_that(fair: Fair) -> None:
    """100 x 3 + 300 less 100 across the shops; with one piece less the rest earns only 50."""
    offer = await fair.live(fair.terms(on_return="claw_back"))
    order = await buy(fair, (0, 0, 3), (1, 0, 1))
    assert order["total_minor"] == 50_000
    for part in order["merchant_orders"]:
        await fair.operators[0].post(f"/merchant-orders/{part['merchant_order_id']}/fulfilments")
    path, body = asked(order, 0, 1)
    shown = await fair.member.post(f"{path}/return-previews", body)
    claw_back = {"offer_id": offer["offer_id"], "amount_minor": 5_000 - 1_667, "name": "跨店每满300减50"}
    assert shown["claw_backs"] == [claw_back]
    assert shown["refund_minor"] == 8_334 - 3_333
    assert (shown["is_immediate"], shown["is_last"], shown["returnable_until"] is None) == (
        False,
        False,
        False,
    )
    wrong = body | {"reason": "damaged", "expected_refund_minor": 1}
    assert await problem_of(fair.member.post(f"{path}/returns", wrong)) == (409, "refund_changed")
    wanted = body | {"reason": "damaged", "note": "a crack", "expected_refund_minor": shown["refund_minor"]}
    made = await fair.member.post(f"{path}/returns", wanted)
    assert (made["status"], made["wallet_minor"]) == ("requested", 0)
    before = (await fair.member.get("/wallet"))["balances"][0]["posted_minor"]
    waiting = await fair.owners[0].get("/returns", status="requested")
    assert [one["return_id"] for one in waiting["items"]] == [made["return_id"]]
    for stranger in (fair.owners[2], fair.guest):
        answer = await problem_of(stranger.post(f"/returns/{made['return_id']}/receptions", {}))
        assert answer[0] in (401, 404)
    paid = await fair.owners[0].post(f"/returns/{made['return_id']}/receptions", {"is_sellable": True})
    assert (paid["status"], paid["wallet_minor"]) == ("refunded", shown["refund_minor"])
    after = (await fair.member.get("/wallet"))["balances"][0]["posted_minor"]
    assert after - before == shown["refund_minor"] == 5_001
    again = problem_of(fair.owners[0].post(f"/returns/{made['return_id']}/receptions", {}))
    assert await again == (409, "return_closed")
    found = await fair.member.get(f"/orders/{order['order_id']}")
    assert (found["refunded_minor"], found["merchant_orders"][0]["lines"][0]["returned_quantity"]) == (
        5_001,
        1,
    )
    listed = await fair.member.get(f"/orders/{order['order_id']}/returns")
    assert [one["status"] for one in listed] == ["refunded"]
    assert await fair.owners[2].get(f"/orders/{order['order_id']}/returns") == []


async def test_a_shop_rejects_with_words_and_a_member_withdraws(fair: Fair) -> None:
    order = await buy(fair, (0, 0, 2), (0, 1, 1))
    path, body = asked(order, 0, 1, 0)
    await fair.owners[0].post(f"{path}/fulfilments")
    wanted = body | {"reason": "changed_mind", "expected_refund_minor": 10_000}
    first = await fair.member.post(f"{path}/returns", wanted)
    rejected = await fair.owners[1].post(f"/returns/{first['return_id']}/rejections", {"answer": "opened"})
    assert (rejected["status"], rejected["answer"]) == ("rejected", "opened")
    second = await fair.member.post(f"{path}/returns", wanted)
    withdrawn = await fair.member.post(f"/returns/{second['return_id']}/withdrawals")
    assert withdrawn["status"] == "withdrawn"
    assert (await fair.member.get(f"/orders/{order['order_id']}"))["refunded_minor"] == 0


async def test_pieces_that_have_not_left_are_paid_back_at_once(fair: Fair) -> None:
    order = await buy(fair, (0, 0, 2))
    path, body = asked(order, 0, 1)
    made = await fair.member.post(
        f"{path}/returns", body | {"reason": "other", "expected_refund_minor": 10_000}
    )
    assert (made["status"], made["is_handed_over"]) == ("refunded", False)
    assert await problem_of(fair.member.post(f"/orders/{order['order_id']}/cancellations")) == (
        409,
        "has_returns",
    )
