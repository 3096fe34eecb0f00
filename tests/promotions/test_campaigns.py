"""A campaign is priced before it runs: a file of carts or real orders, against live offers and drafts, to the cent; nothing is stored."""

from typing import Any

import pytest

from tests.client import refused
from tests.promotions.conftest import Fair

CART = {"cart_id": "c-1", "lines": [{"line_id": "1", "sku": "A", "quantity": 3}]}
DOCUMENT: dict[str, Any] = {
    "now": "2026-11-11T00:00:00+08:00",
    "currency": "CNY",
    "products": [{"sku": "A", "price_minor": 10_000, "merchant_id": "shop", "cost_floor_minor": 9_000}],
    "offers": [
        {"offer_id": "deep", "name": "Half", "lane": "item", "merchant_id": "shop", "may_go_below_cost": True, "benefit": {"type": "percent", "rate_bp": 5_000}},
        {"offer_id": "evening", "name": "Never", "lane": "platform", "starts_at": "2027-01-01T00:00:00Z", "benefit": {"type": "fixed", "amount_minor": 1}},
    ],
    "carts": [CART, CART | {"cart_id": "c-2"}],
}  # fmt: skip


async def test_a_file_tells_what_it_costs_whom_who_loses_and_what_never_fires(fair: Fair) -> None:
    told = await fair.operators[0].post("/campaign-simulations", {"document": DOCUMENT, "with_live": False})
    assert (told["carts"], told["subtotal_minor"]) == (2, 60_000)
    assert (told["discount_before_minor"], told["discount_minor"], told["total_minor"]) == (0, 30_000, 30_000)
    assert (told["funders_before"], told["funders"]) == ({}, {"merchant": 30_000})
    assert [(one["name"], one["origin"], one["stood"]) for one in told["offers"]] == [("Half", "document", 2), ("Never", "document", 0)]  # fmt: skip
    assert told["never_fired"] == ["evening"]
    assert (told["losses_count"], told["losses"][0]["receives_minor"], told["losses"][0]["cost_minor"]) == (2, 15_000, 27_000)  # fmt: skip


async def test_a_draft_is_priced_beside_the_live_offers_on_real_orders(fair: Fair) -> None:
    """50 of 300 is live; the draft of a tenth comes on top of it, and only it is the difference."""
    cart = fair.cart((1, 0, 1))
    await fair.member.post("/orders", cart | {"expected_total_minor": 30_000, "pay_with": "wallet"})
    live = await fair.live(fair.terms())
    tenth = fair.terms("platform", name="九折", benefit={"type": "percent", "rate_bp": 1_000})
    draft = await fair.operators[0].post("/offers", {"terms": tenth, "currency": "CNY", "reason": "x"})
    asked = {"orders": 1, "currency": "CNY", "draft_ids": [draft["offer_id"]]}
    told = await fair.operators[1].post("/campaign-simulations", asked)
    assert (told["carts"], told["subtotal_minor"], told["discount_before_minor"]) == (1, 30_000, 5_000)
    assert told["discount_minor"] == 5_000 + 2_500
    origins = {one["offer_id"]: (one["origin"], one["amount_minor"]) for one in told["offers"]}
    assert origins[live["offer_id"]] == ("live", 5_000)
    assert origins[draft["offer_id"]] == ("draft", 2_500)
    assert (await fair.operators[0].get(f"/offers/{draft['offer_id']}"))["latest"]["simulation"] is None


async def test_goods_whose_price_was_raised_are_told(fair: Fair) -> None:
    await fair.owners[0].patch(f"/skus/{fair.shops[0].sku_ids[0]}", {"price_minor": 12_000})
    cart = fair.cart((0, 0, 1))
    await fair.member.post("/orders", cart | {"expected_total_minor": 12_000, "pay_with": "wallet"})
    told = await fair.operators[0].post("/campaign-simulations", {"orders": 1, "currency": "CNY"})
    assert [(one["price_minor"], one["lowest_minor"]) for one in told["raised"]] == [(12_000, 10_000)]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"carts": [CART, CART | {"lines": [{"line_id": "1", "sku": "B"}]}]},
            "carts[1] c-1: lines: 1 is of B",
        ),
        ({"currency": "XXX", "products": []}, "carts[0] c-1"),
    ],
)
async def test_a_fault_is_told_with_its_cart(fair: Fair, change: dict[str, Any], says: str) -> None:
    problem = await refused(
        fair.operators[0].post("/campaign-simulations", {"document": DOCUMENT | change}), 422, "bad_price_document"
    )  # fmt: skip
    assert any(says in one for one in problem.document["details"]["errors"])


async def test_a_wrong_field_is_told_with_its_cart_and_strangers_are_kept_out(fair: Fair) -> None:
    wrong = DOCUMENT | {"carts": [CART, CART | {"lines": [{"line_id": "1", "sku": "A", "quantity": []}]}]}
    problem = await refused(
        fair.operators[0].post("/campaign-simulations", {"document": wrong}), 422, "bad_input"
    )
    assert "carts[1].lines[0].quantity" in str(problem.document["details"])
    for body in ({}, {"document": DOCUMENT, "orders": 3}):
        await refused(fair.operators[0].post("/campaign-simulations", body), 422, "bad_input")
    await refused(
        fair.operators[0].post("/campaign-simulations", {"orders": 3, "currency": "KWD"}),
        409,
        "nothing_to_simulate",
    )
    await refused(fair.owners[0].post("/campaign-simulations", {"orders": 3}), 403, "not_allowed")
