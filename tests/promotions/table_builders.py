"""Build documents for tables of prices: a valid thing with what the row is about."""

from typing import Any

Doc = dict[str, Any]
Row = tuple[str, Doc, Doc]

NOW = "2026-11-11T00:30:00+08:00"


def sold(
    sku: str, price_minor: int, quantity: int | str = 1, line_id: str | None = None, **product: Any
) -> tuple[Doc, Doc]:
    """Return a product and its line, which has the small letters of the SKU for its id."""
    line = {"line_id": line_id or sku.lower(), "sku": sku, "quantity": quantity}
    return {"sku": sku, "price_minor": price_minor, "merchant_id": "m1", **product}, line


def cart(
    *goods: tuple[Doc, Doc], offers: tuple[Doc, ...] = (), gifts: tuple[Doc, ...] = (), **more: Any
) -> Doc:
    """Return a document with these goods and offers; `gifts` are products that are not in the cart."""
    products = {product["sku"]: product for product in (*(product for product, _ in goods), *gifts)}
    document = {
        "now": NOW,
        "currency": "CNY",
        "products": list(products.values()),
        "lines": [line for _, line in goods],
    }
    return document | {"offers": list(offers)} | more


def offer(offer_id: str, lane: str, kind: str, benefit: Doc | None = None, **more: Any) -> Doc:
    """Return an offer."""
    return {"offer_id": offer_id, "lane": lane, "benefit": {"type": kind, **(benefit or {})}, **more}


def off(offer_id: str, lane: str, amount_minor: int, **more: Any) -> Doc:
    """Return an offer of an amount."""
    return offer(offer_id, lane, "fixed", {"amount_minor": amount_minor}, **more)


def rate(offer_id: str, lane: str, rate_bp: int, cap_minor: int | None = None, **more: Any) -> Doc:
    """Return an offer of a rate."""
    cap = {} if cap_minor is None else {"cap_minor": cap_minor}
    return offer(offer_id, lane, "percent", {"rate_bp": rate_bp} | cap, **more)


def claimed(*pairs: str) -> list[Doc]:
    """Return claims, each written "claim offer"."""
    return [dict(zip(("claim_id", "offer_id"), pair.split(), strict=True)) for pair in pairs]


def shares(*pairs: tuple[str, int]) -> list[Doc]:
    """Return funders."""
    return [{"funder": funder, "share_bp": share_bp} for funder, share_bp in pairs]


def at_least(min_minor: int) -> Doc:
    """Return the condition of an amount."""
    return {"type": "amount", "min_minor": min_minor}


A, B = sold("A", 1000), sold("B", 1000)
COUPON: Doc = {"trigger": "claim"}
