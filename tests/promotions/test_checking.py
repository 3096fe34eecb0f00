"""A price document that contradicts itself is refused with every fault named; nothing is guessed."""

import re
from typing import Any

import msgspec
import pytest

from fairday.promotions.engine import price
from fairday.promotions.engine.checking import BadPriceDocument
from fairday.promotions.engine.document import PriceIn
from tests.promotions.documents import document, fixed

OFFERS: list[tuple[dict[str, Any], str]] = [
    ({"lane": "item", "benefit": {"type": "every", "every_minor": 1, "off_minor": 1}}, "stands in the lane cross_shop, platform, shop"),
    ({"lane": "platform", "benefit": {"type": "nth_item", "n": 2, "rate_bp": 1}}, "stands in the lane item"),
    ({"lane": "item", "benefit": {"type": "nth_item", "n": 2}}, "either rate_bp or price_minor"),
    ({"lane": "item", "benefit": {"type": "nth_item", "n": 2, "rate_bp": 1, "price_minor": 1}}, "either rate_bp or price_minor"),
    ({"lane": "item", "benefit": {"type": "buy_get", "buy": 1, "get": 1, "of": "listed"}}, "get_items goes with of: listed"),
    ({"lane": "item", "benefit": {"type": "deposit", "deposit_minor": 5, "counts_as_minor": 5}}, "count for more than itself"),
    ({"benefit": {"type": "tiered", "by": "amount", "steps": [{"from": 1}]}}, "either amount_minor or rate_bp"),
    ({"benefit": {"type": "tiered", "by": "amount", "steps": [{"from": 1, "rate_bp": 1}, {"from": 1, "rate_bp": 2}]}}, "same place"),
    ({"benefit": {"type": "gift", "sku": "z"}}, "the gift z is not among the products"),
    ({"benefit": {"type": "gift", "sku": "a", "fallback": "other_sku"}}, "fallback_sku goes with"),
    ({"benefit": {"type": "gift", "sku": "a", "fallback_minor": 5}}, "fallback_minor goes with"),
    (fixed(funders=[{"funder": "platform", "share_bp": 9999}]), "sum to 10000"),
    (fixed(funders=[{"funder": "platform", "share_bp": 5000}, {"funder": "platform", "share_bp": 5000}]), "stands twice"),
    (fixed(starts_at="2026-11-11T00:00:00Z", ends_at="2026-11-11T00:00:00Z"), "ends before it begins"),
    (fixed(trigger="code"), "name its codes"),
    (fixed(codes=["X"]), "trigger must be code"),
    (fixed(lane="shop"), "name its merchant_id"),
]  # fmt: skip


def assert_chinese(refusal: BadPriceDocument) -> None:
    """Each fault has Chinese words, in the details as in the sentence."""
    told: list[str] = refusal.details_in("zh")["errors"]
    assert len(told) == len(refusal.details_in("en")["errors"])
    for one in told:
        assert re.search("[\u4e00-\u9fff]", one), one
        assert one in refusal.sentence("zh")


@pytest.mark.parametrize(("offer", "says"), OFFERS)
def test_an_offer_that_contradicts_itself(offer: dict[str, Any], says: str) -> None:
    with pytest.raises(BadPriceDocument) as found:
        price(document(offer))
    assert says in found.value.sentence("en")
    assert "无法计算" in found.value.sentence("zh")
    assert_chinese(found.value)


CARTS: list[tuple[dict[str, Any], str]] = [
    ({"lines": {"z": 1}}, "z, which is not among the products"),
    ({"lines": {"a": "1.5"}}, "sold by the piece"),
    ({"lines": {"k": "0.000"}}, "has no quantity"),
    ({"currency": "XXQ"}, "no XXQ"),
    ({"zone": "Asia/Nowhere"}, "no time zone"),
    ({"zone": "../../etc/passwd"}, "no time zone"),
    ({"claims": [{"claim_id": "c", "offer_id": "none"}]}, "not among the offers"),
    ({"products": [{"sku": "a", "price_minor": 10**14}], "lines": {"a": 2}}, "split it"),
]


@pytest.mark.parametrize(("cart", "says"), CARTS)
def test_a_cart_that_contradicts_itself(cart: dict[str, Any], says: str) -> None:
    with pytest.raises(BadPriceDocument) as found:
        price(document(**cart))
    assert says in found.value.sentence("en")
    assert_chinese(found.value)


def test_ids_that_stand_twice_are_all_named() -> None:
    cart = document(fixed(), fixed())
    cart = msgspec.structs.replace(
        cart, offers=cart.offers + cart.offers, products=cart.products + cart.products[:1], lines=cart.lines + cart.lines[:1]
    )  # fmt: skip
    with pytest.raises(BadPriceDocument) as found:
        price(cart)
    assert len(found.value.details["errors"]) == 4


@pytest.mark.parametrize(
    "body",
    [
        {"offers": [{"offer_id": "o", "lane": "item", "benefit": {"type": "fixed", "amount_minor": 1, "amont": 2}}]},
        {"offers": [{"offer_id": "o", "lane": "item", "benefit": {"type": "magic"}}]},
        {"offers": [{"offer_id": "o", "lane": "item", "condition": {"type": "all", "of": []}, "benefit": {"type": "freight"}}]},
        {"now": "2026-11-11T00:00:00"},
        {"lines": [{"line_id": "1", "sku": "a", "quantity": 1.5}]},
        {"lines": [{"line_id": "1", "sku": "a", "quantity": 0}]},
        {"lines": [{"line_id": "1", "sku": "a", "quantity": "1e3"}]},
        {"freight_minor": -1},
        {"surprise": True},
    ],
)  # fmt: skip
def test_fields_that_nobody_knows_and_values_out_of_bounds_are_refused(body: dict[str, Any]) -> None:
    base = {"now": "2026-11-11T00:00:00Z", "currency": "CNY", "products": [], "lines": []}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(base | body, PriceIn)
