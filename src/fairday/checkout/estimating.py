"""Estimate what one piece costs with the coupons that anyone can claim now: the price on a card (预估到手价).

Guarantee: the price engine's own answer for one piece and the best set of the `TRIED_MAX` coupons that take off most alone,
so a shopper who claims them and orders now pays exactly that. Bounded: `2 ** TRIED_MAX` prices a SKU. Source: R2, R15.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.catalog import service as catalog
from fairday.catalog.types import Sku, Status
from fairday.checkout import carts, choosing, pricing
from fairday.checkout.types import CartLine, QuoteRequest
from fairday.coupons import service as coupons
from fairday.coupons.service import CouponEffect
from fairday.coupons.types import Channel as CouponChannel
from fairday.festivals import service as festivals
from fairday.kernel.errors import Refusal
from fairday.kernel.ids import Id
from fairday.kernel.tx import Tx
from fairday.promotions import service as promotions
from fairday.promotions.types import PriceCart
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
    live = await promotions.live(tx)
    world = carts.World(
        {sku.sku_id: sku for sku in on_sale}, {}, tuple(sorted(phase_ids)), {}, live=live,
        tags=await catalog.tags(tx, sorted({sku.product_id for sku in on_sale})) if live.asks_tags else {},
        zone=await festivals.zone(tx) if live.asks_clock else "Asia/Shanghai",
    )  # fmt: skip
    requests = [
        QuoteRequest(
            lines=(CartLine(sku_id=sku.sku_id, quantity=1, store_id=""),),
            currency=sku.currency,
        )
        for sku in on_sale
    ]
    bare = [carts.price_cart(one, carts.price_lines(one, world), world, now) for one in requests]
    baskets = [carts.use_lines(one, cart, world) for one, cart in zip(requests, bare, strict=True)]
    found = await coupons.promised(tx, baskets, CouponChannel.ONLINE, phase_ids=phase_ids, now=now)
    family = await catalog.skus_of_products(tx, sorted({sku.product_id for sku in on_sale}))
    had = await stock.to_be_had(tx, [one.sku_id for skus in family.values() for one in skus])
    in_stock = {product_id for product_id, skus in family.items() if any(one.sku_id in had for one in skus)}
    return [
        _best(sku, cart, effects[:TRIED_MAX], is_in_stock=sku.product_id in in_stock)
        for sku, cart, effects in zip(on_sale, bare, found, strict=True)
    ]


def _best(sku: Sku, cart: PriceCart, effects: Sequence[CouponEffect], *, is_in_stock: bool) -> Estimate:
    discounts = [pricing.discount(effect, cart.lines) for effect in effects]
    # An offer lowers the price by itself; the coupons come on top.
    own = promotions.price(cart).discount_minor

    def off(places: tuple[int, ...]) -> int | None:
        try:
            chosen = tuple(discounts[place] for place in places)
            return promotions.price(carts.with_coupons(cart, chosen)).discount_minor - own
        except Refusal:
            return None

    places = choosing.best_set([off((place,)) or 0 for place in range(len(discounts))], off)
    gross_minor = promotions.line_gross(cart.lines[0], cart.phase_ids)[0]
    total_minor = gross_minor - own - (off(places) or 0)
    return Estimate(
        sku.sku_id,
        sku.currency,
        gross_minor - own,
        total_minor,
        tuple(effects[place].coupon_id for place in places),
        is_in_stock,
    )
