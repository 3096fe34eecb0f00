"""Terms are tried before they are live: on a cart, on a sample, on real orders, in documents."""

from fairday.kernel.tx import Database
from tests.client import problem_of
from tests.promotions.conftest import Fair


async def test_operators_try_drafts_on_a_real_cart(fair: Fair) -> None:
    cart = fair.cart(
        (0, 0, 3), offers=[fair.terms(lane="item", benefit={"type": "nth_item", "n": 2, "rate_bp": 5000})]
    )
    view = await fair.operators[0].post("/quotes", cart)
    assert (view["quote"]["total_minor"], view["offers"][0]["offer_id"]) == (25_000, "inline-1")
    assert await problem_of(fair.member.post("/quotes", cart)) == (403, "not_allowed")
    assert await problem_of(fair.guest.post("/quotes", cart)) == (403, "not_allowed")
    bad = fair.cart((0, 0, 1), offers=[fair.terms(lane="item")])
    assert await problem_of(fair.operators[0].post("/quotes", bad)) == (422, "bad_offer")


async def test_a_preview_shows_before_and_after_and_what_is_wrong(fair: Fair) -> None:
    body = {
        "terms": fair.terms(),
        "currency": "CNY",
        "lines": [{"sku_id": fair.shops[1].sku_ids[0], "quantity": 2}],
    }
    shown = await fair.operators[0].post("/offers/previews", body)
    assert (shown["before"]["total_minor"], shown["after"]["total_minor"], shown["errors"]) == (
        60_000,
        50_000,
        [],
    )
    wrong = await fair.operators[0].post("/offers/previews", body | {"terms": fair.terms(lane="item")})
    assert wrong["after"] is None
    assert "every benefit stands in the lane" in wrong["errors"][0]
    invented = await fair.owners[0].post("/offers/previews", {"terms": fair.terms(lane="item", items={}, benefit={"type": "percent", "rate_bp": 1000}), "currency": "CNY"})  # fmt: skip
    assert invented["after"]["discount_minor"] > 0


async def test_documents_are_priced_for_operators(fair: Fair) -> None:
    document = {"now": "2026-11-11T00:00:00+08:00", "currency": "CNY", "products": [{"sku": "A", "price_minor": 334}], "lines": [{"line_id": "1", "sku": "A", "quantity": 3}], "offers": [{"offer_id": "o", "lane": "platform", "benefit": {"type": "fixed", "amount_minor": 2}}]}  # fmt: skip
    priced = await fair.operators[0].post("/price-documents", document)
    assert priced["lines"][0]["units"] == [
        {"quantity": 1, "net_minor": 334},
        {"quantity": 2, "net_minor": 333},
    ]
    carts = [{"cart_id": str(n), "lines": document["lines"]} for n in range(3)]
    campaign = {name: value for name, value in document.items() if name != "lines"} | {"carts": carts}
    assert (await fair.operators[0].post("/price-simulations", campaign))["funders"] == {"platform": 6}
    assert await problem_of(fair.operators[0].post("/price-documents", document | {"lines": [{"line_id": "1", "sku": "B"}]})) == (422, "bad_price_document")  # fmt: skip


async def test_prices_that_were_raised_before_or_fall_below_half_are_shown_to_who_approves(
    fair: Fair, database: Database
) -> None:
    """One SKU went from 100.00 to 130.00 a day ago, and 60 % off is below half of the lowest of 30 days; an older rise is forgotten."""
    raised, other = fair.shops[0].sku_ids
    async with database.transaction() as (tx, now):
        for sku_id, before, after, days in ((raised, 8_000, 10_000, 1), (other, 9_000, 20_000, 31)):
            await tx.execute(
                "INSERT INTO catalog.price_change (sku_id, price_minor_before, price_minor_after, changed_at)"
                " VALUES ($1, $2, $3, $4::timestamptz - make_interval(days => $5))", sku_id, before, after, now, days,
            )  # fmt: skip
    terms = fair.terms("item", items={"skus": [raised, other]}, benefit={"type": "percent", "rate_bp": 5_500})
    made = await fair.owners[0].post("/offers", {"terms": terms, "currency": "CNY", "reason": "x"})
    told = await fair.owners[0].post(f"/offers/{made['offer_id']}/versions/1/simulations", {})
    watched = {one["sku_id"]: one for one in told["simulation"]["watched"]}
    assert {name: (one["is_raised"], one["is_deep"], one["lowest_minor"], one["offered_minor"]) for name, one in watched.items()} == {
        raised: (True, False, 8_000, 4_500), other: (False, True, 20_000, 9_000),
    }  # fmt: skip
