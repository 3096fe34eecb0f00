"""See a cart's lines as the engine works on them: pieces at an item price, sorted so that the order of lines means nothing."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from fairday.promotions.engine.document import DocumentLine, Member, PriceIn, Product

MEASURED = frozenset(
    {"KGM", "GRM", "HGM", "TNE", "LBR", "ONZ", "LTR", "MLT", "CLT", "DLT", "MTR", "CMT", "MMT", "MTK", "CMK", "MTQ", "KWH"}
)  # fmt: skip
"""Units that are weighed or measured: a line of one is a single piece. Source: UNECE Recommendation 20."""
_GRAMS = {"KGM": 1000, "GRM": 1, "HGM": 100, "TNE": 1_000_000}


class Goods(msgspec.Struct, gc=False):
    """Hold one line: `pieces` at `unit_minor`, by an item price of `price_minor` a unit.

    `thousandths` is the quantity of what is measured, else 0; the line is then one piece at its gross.
    """

    line: DocumentLine
    product: Product
    price_minor: int
    pieces: int
    thousandths: int
    unit_minor: int
    gross_minor: int
    is_regular: bool
    weight_g: int

    def amount_of(self, unit_amount_minor: int, pieces: int) -> int:
        """Return an amount of each piece for `pieces` of them; of what is measured, of each unit, rounded down."""
        if self.thousandths:
            return unit_amount_minor * self.thousandths // 1000
        return unit_amount_minor * pieces

    def price_of(self, unit_price_minor: int) -> int:
        """Return what a piece costs at this unit price; of what is measured, times the quantity, rounded half up."""
        return measured(unit_price_minor, self.thousandths) if self.thousandths else unit_price_minor

    def floor_minor(self, unit_floor_minor: int, may_go_below_cost: bool) -> int:
        """Return what one piece may not fall below; of a measured line, per unit times the quantity, rounded up."""
        floor = unit_floor_minor
        if not may_go_below_cost and self.product.cost_floor_minor > floor:
            floor = self.product.cost_floor_minor
        return -(-floor * self.thousandths // 1000) if self.thousandths else floor


def measured(price_minor: int, amount_thousandths: int) -> int:
    """Return price times quantity, rounded half up once. Source: R21."""
    return (2 * price_minor * amount_thousandths + 1000) // 2000


def item_price(product: Product, tier: str | None, now: datetime) -> int:
    """Return the lowest of the regular price, the timed prices open at `now`, and the tier's price. Source: R3."""
    best = product.price_minor
    for timed in product.prices:
        if (
            timed.price_minor < best
            and (timed.from_ is None or timed.from_ <= now)
            and (timed.until is None or now < timed.until)
        ):
            best = timed.price_minor
    if tier is not None and product.member_prices:
        best = min(best, product.member_prices.get(tier, best))
    return best


def thousandths(quantity: int | str) -> int:
    """Read a quantity exactly in thousandths: 2 is 2000, "1.25" is 1250."""
    if isinstance(quantity, int):
        return quantity * 1000
    whole, _, part = quantity.partition(".")
    return int(whole) * 1000 + int(part.ljust(3, "0") or 0)


def goods_of(cart: PriceIn, products: Mapping[str, Product]) -> list[Goods]:
    """Return the cart's lines by SKU and line id."""
    lines = sorted(cart.lines, key=lambda line: (line.sku, line.line_id))
    member, now = cart.member, cart.now
    return [_goods(line, products[line.sku], member, now) for line in lines]


def _goods(line: DocumentLine, product: Product, member: Member | None, now: datetime) -> Goods:
    price = product.price_minor
    if product.prices or product.member_prices:
        price = item_price(product, member.tier if member else None, now)
    is_regular = price == product.price_minor and (
        product.compare_at_minor is None or product.compare_at_minor <= price
    )
    if product.unit in MEASURED:
        amount = thousandths(line.quantity)
        gross = measured(price, amount)
        weight = amount * (product.weight_g or _GRAMS.get(product.unit, 0)) // 1000
        return Goods(line, product, price, 1, amount, gross, gross, is_regular, weight)
    pieces = int(line.quantity)
    return Goods(
        line, product, price, pieces, 0, price, price * pieces, is_regular, product.weight_g * pieces
    )
