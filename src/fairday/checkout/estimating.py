"""Estimate what one piece costs with the coupons that anyone can claim now: the price on a card (预估到手价).

Guarantee: the price engine's own answer for one piece and the best set of the `TRIED_MAX` coupons that take off most alone,
so a shopper who claims them and orders now pays exactly that. Bounded: `2 ** TRIED_MAX` prices a SKU. Source: R2, R15.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.catalog import service as catalog
from fairday.catalog.types import Sku, Status
from fairday.checkout import choosing, pricing
from fairday.checkout.types import CartLine, QuoteRequest
from fairday.coupons import service as coupons
from fairday.coupons.service import CouponEffect
from fairday.coupons.types import Channel as CouponChannel
from fairday.festivals import service as festivals
from fairday.kernel.errors import Refusal
from fairday.kernel.ids import Id
from fairday.kernel.tx import Tx
from fairday.promotions import service as promotions
from fairday.promotions.types import ENGINE_VERSION, PriceCart, PriceLine
from fairday.stock import service as stock

TRIED_MAX = 4
SKUS_MAX = 50


class Estimate(msgspec.Struct, frozen=True):
    """Tell what one piece costs now, with which coupons it would cost `total_minor`, and whether its product is to be had.

    `is_in_stock` holds for the product: another size may be sold out.
    """

    sku_id: Id
    currency: str
    price_minor: int
    total_minor: int
    coupon_ids: tuple[str, ...]
    is_in_stock: bool


async def estimate(tx: Tx, sku_ids: Sequence[str], now: datetime) -> list[Estimate]:
    """Return the estimates of those among `sku_ids` that are on sale, in their order."""
    skus = await catalog.skus(tx, sku_ids)
    on_sale = [skus[one] for one in sku_ids if one in skus and skus[one].status is Status.LIVE]
    phase_ids = await festivals.phase_ids_at(tx, now)
    world = pricing.World({sku.sku_id: sku for sku in on_sale}, {}, tuple(sorted(phase_ids)), {})
    carts = [
        QuoteRequest(
            lines=(CartLine(sku_id=sku.sku_id, quantity=1, store_id=""),),
            currency=sku.currency,
        )
        for sku in on_sale
    ]
    items = [pricing.price_lines(cart, world) for cart in carts]
    baskets = [pricing.use_lines(cart, lines, world) for cart, lines in zip(carts, items, strict=True)]
    found = await coupons.promised(tx, baskets, CouponChannel.ONLINE, phase_ids=phase_ids, now=now)
    family = await catalog.skus_of_products(tx, sorted({sku.product_id for sku in on_sale}))
    had = await stock.to_be_had(tx, [one.sku_id for skus in family.values() for one in skus])
    in_stock = {product_id for product_id, skus in family.items() if any(one.sku_id in had for one in skus)}
    return [
        _best(sku, lines, world.phase_ids, effects[:TRIED_MAX], now, is_in_stock=sku.product_id in in_stock)
        for sku, lines, effects in zip(on_sale, items, found, strict=True)
    ]


def _best(
    sku: Sku,
    items: tuple[PriceLine, ...],
    phase_ids: tuple[str, ...],
    effects: Sequence[CouponEffect],
    now: datetime,
    *,
    is_in_stock: bool,
) -> Estimate:
    discounts = [pricing.discount(effect, items) for effect in effects]
    cart = PriceCart(ENGINE_VERSION, sku.currency, now, phase_ids, items)

    def off(places: tuple[int, ...]) -> int | None:
        try:
            chosen = tuple(discounts[place] for place in places)
            return promotions.price(msgspec.structs.replace(cart, discounts=chosen)).discount_minor
        except Refusal:
            return None

    places = choosing.best_set([off((place,)) or 0 for place in range(len(discounts))], off)
    price_minor = promotions.line_gross(items[0], phase_ids)[0]
    total_minor = price_minor - (off(places) or 0 if places else 0)
    return Estimate(
        sku.sku_id,
        sku.currency,
        price_minor,
        total_minor,
        tuple(effects[place].coupon_id for place in places),
        is_in_stock,
    )
