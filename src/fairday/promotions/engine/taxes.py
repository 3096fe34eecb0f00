"""Work out the tax of priced lines: held in prices or added, rounded half up once a line or once a rate. Source: R21, R22."""

from collections.abc import Sequence

from fairday.kernel.money import split
from fairday.promotions.engine.document import Tax
from fairday.promotions.engine.goods import Goods


def of(tax: Tax, goods: Sequence[Goods], net: Sequence[int]) -> list[int]:
    """Return the tax of each line; gifts and freight carry none."""
    if tax.rounding == "line":
        return [_once(tax.mode, net[i], one.product.tax_rate_bp) for i, one in enumerate(goods)]
    parts = [0] * len(goods)
    rates = sorted({one.product.tax_rate_bp for one in goods})
    for rate in rates:
        places = [i for i, one in enumerate(goods) if one.product.tax_rate_bp == rate]
        total = _once(tax.mode, sum([net[i] for i in places]), rate)
        for i, part in zip(places, split(total, [net[i] for i in places]), strict=True):
            parts[i] = part
    return parts


def _once(mode: str, net: int, rate_bp: int) -> int:
    whole = 10_000 + rate_bp if mode == "inclusive" else 10_000
    return (2 * net * rate_bp + whole) // (2 * whole)
