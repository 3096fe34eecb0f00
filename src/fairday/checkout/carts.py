"""Say carts in the price engine's words: lines with their prices, the live offers that meet them, and what offers ask beside."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import msgspec

from fairday.catalog.types import Sku
from fairday.checkout.types import PlaceLine, PlaceOrder, QuoteRequest
from fairday.coupons.service import UseLine
from fairday.orders.types import Channel
from fairday.places.types import Store
from fairday.promotions import service as promotions
from fairday.promotions.types import (
    ENGINE_VERSION,
    OFFERS_ENGINE,
    WALLET,
    Discount,
    PriceCart,
    PriceLine,
    Scene,
)

Cart: TypeAlias = PlaceOrder | QuoteRequest
"""A cart, whether it is placed or only quoted."""


class World(msgspec.Struct, frozen=True):
    """Hold what a batch of carts names, as it is now.

    `terms`: commission of merchants that have their own. `region_ids` is empty when no cart asks for delivery. `live`: offers;
    `order_counts`, `tags` and `zone` are read when these ask for them.
    """

    skus: Mapping[str, Sku]
    stores: Mapping[str, Store]
    phase_ids: tuple[str, ...]
    terms: Mapping[str, int]
    region_ids: frozenset[str] = frozenset()
    live: promotions.Live | None = None
    order_counts: Mapping[str, int] = {}
    tags: Mapping[str, tuple[str, ...]] = {}
    zone: str = "Asia/Shanghai"


def price_lines(cart: Cart, world: World) -> tuple[PriceLine, ...]:
    """Return the cart's lines as the price engine reads them, numbered from 1; what goods are is said where offers are live."""
    has_offers = _book(cart, world) is not None
    lines = []
    for number, line in enumerate(cart.lines, 1):
        sku = world.skus[line.sku_id]
        phase_prices = sku.phase_prices
        made = PriceLine(
            str(number),
            line.sku_id,
            sku.merchant_id,
            line.quantity,
            sku.price_minor,
            tuple([(one.phase_id, one.price_minor) for one in phase_prices]) if phase_prices else (),
            line.line_gross_minor if isinstance(line, PlaceLine) else None,
        )
        lines.append(_described(made, sku, world) if has_offers else made)
    return tuple(lines)


def _described(line: PriceLine, sku: Sku, world: World) -> PriceLine:
    return msgspec.structs.replace(
        line,
        category_ids=() if sku.category_id is None else (sku.category_id,),
        brand=sku.brand,
        tags=world.tags.get(sku.product_id, ()),
        compare_at_minor=sku.compare_at_minor,
    )


def price_cart(cart: Cart, items: tuple[PriceLine, ...], world: World, now: datetime) -> PriceCart:
    """Return the cart without coupons: with the live offers that its goods can meet, when there are any."""
    book = _book(cart, world)
    offers = promotions.met(items, book, world.phase_ids) if book is not None else ()
    if not offers:
        return PriceCart(ENGINE_VERSION, cart.currency, now, world.phase_ids, items)
    return PriceCart(
        OFFERS_ENGINE, cart.currency, now, world.phase_ids, items, offers=offers, scene=_scene(cart, world)
    )


def _book(cart: Cart, world: World) -> promotions.Book | None:
    """Return the offers that may meet the cart: the live ones of its currency, and those that are only tried; none in a flash sale."""
    if isinstance(cart, PlaceOrder) and cart.is_flash:
        return None
    book = world.live.books.get(cart.currency) if world.live is not None else None
    tried = cart.tried_offers if isinstance(cart, QuoteRequest) else ()
    return promotions.beside(tried, book) if tried else book


def _scene(cart: Cart, world: World) -> Scene:
    member_id = cart.member_id
    return Scene(
        "in_store" if cart.channel is Channel.IN_STORE else "online",
        cart.store_id or one_store(cart),
        cart.ship_to_region_id,
        cart.codes,
        None if member_id is None else world.order_counts.get(member_id, 0),
        world.zone,
        None if cart.channel is Channel.IN_STORE else WALLET,
    )


def one_store(cart: Cart) -> str | None:
    """Return the store that all lines are of; a coupon or an offer for certain stores needs one."""
    first = cart.lines[0].store_id
    return first if all(line.store_id == first for line in cart.lines) else None


def with_coupons(cart: PriceCart, discounts: Sequence[Discount]) -> PriceCart:
    """Return the cart with these coupons on it."""
    return msgspec.structs.replace(cart, discounts=tuple(discounts)) if discounts else cart


def use_lines(cart: Cart, priced: PriceCart, world: World) -> tuple[UseLine, ...]:
    """Return the cart's lines as coupons judge them: each with its amount after item offers, before coupons (R9)."""
    items = priced.lines
    base = (
        promotions.base_of(priced)
        if priced.offers
        else [promotions.line_gross(item, world.phase_ids)[0] for item in items]
    )
    return tuple(
        [
            UseLine(
                item.line_id,
                item.sku_id,
                item.merchant_id,
                item.quantity,
                minor,
                cart.currency,
                world.skus[item.sku_id].category_id,
            )
            for item, minor in zip(items, base, strict=True)
        ]
    )
