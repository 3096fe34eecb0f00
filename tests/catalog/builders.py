"""Build valid products with one change."""

import uuid
from datetime import datetime
from typing import Any

from fairday.catalog import service
from fairday.catalog.types import Product, ProductDraft, Sku, SkuDraft
from fairday.kernel.tx import Tx


def merchant() -> str:
    """Return the id of a merchant of this test alone."""
    return f"mer_{uuid.uuid4().hex[:20]}"


def sku_draft(**change: Any) -> SkuDraft:
    """Return a good SKU with `change`."""
    return SkuDraft(**({"external_id": f"S-{uuid.uuid4().hex[:12]}", "price_minor": 10_000} | change))


def product_draft(*skus: SkuDraft, **change: Any) -> ProductDraft:
    """Return a good product with `change`."""
    fields = {
        "external_id": f"P-{uuid.uuid4().hex[:12]}",
        "name": "新款手机壳",
        "skus": list(skus) or [sku_draft()],
    }
    return ProductDraft(**(fields | change))


async def made(
    tx: Tx, now: datetime, merchant_id: str, *skus: SkuDraft, **change: Any
) -> tuple[Product, list[Sku]]:
    """Make a product and return it with its SKUs."""
    product = await service.create_product(tx, merchant_id, product_draft(*skus, **change), now)
    return product, (await service.skus_of_products(tx, [product.product_id]))[product.product_id]
