"""Write price documents for tests: a small cart, with what a test changes."""

from typing import Any

import msgspec

from fairday.promotions.engine.document import PriceIn

NOW = "2026-11-11T12:00:00+08:00"


def document(*offers: dict[str, Any], lines: Any = None, **more: Any) -> PriceIn:
    """Return a document: a at 10.00 and b at 25.00 of shop m1, c at 40.00 of m2, one of each unless `lines` says otherwise.

    `lines` maps SKUs to quantities. Offers without a lane are automatic and of the platform lane.
    """
    quantities = {"a": 1, "b": 1, "c": 1} if lines is None else lines
    body = {
        "now": NOW,
        "currency": "CNY",
        "products": [
            {"sku": "a", "price_minor": 1000, "merchant_id": "m1", "category_ids": ["tea"], "brand": "B1", "tags": ["new"], "weight_g": 200},
            {"sku": "b", "price_minor": 2500, "merchant_id": "m1", "category_ids": ["cup"], "weight_g": 300},
            {"sku": "c", "price_minor": 4000, "merchant_id": "m2", "category_ids": ["cup", "art"], "brand": "B2"},
            {"sku": "k", "price_minor": 690, "merchant_id": "m2", "unit": "KGM"},
        ],
        "offers": [{"offer_id": f"o{n}", "lane": "platform"} | offer for n, offer in enumerate(offers)],
        "lines": [{"line_id": sku, "sku": sku, "quantity": quantity} for sku, quantity in quantities.items()],
    }  # fmt: skip
    return msgspec.convert(body | more, PriceIn)


def fixed(amount: int = 100, **more: Any) -> dict[str, Any]:
    """Return an offer of `amount` off."""
    return {"benefit": {"type": "fixed", "amount_minor": amount}} | more
