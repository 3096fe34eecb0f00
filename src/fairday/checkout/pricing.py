"""Price many carts at once: read what they name in sets, judge every line, then let the price engine work."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.catalog import service as catalog
from fairday.catalog.types import Status as SkuStatus
from fairday.checkout import store
from fairday.checkout.carts import (
    Cart,
    World,
    one_store,
    price_cart,
    price_lines,
    use_lines,
    with_coupons,
)
from fairday.checkout.errors import BadLines, CouponsNeedMember, CouponTwice, WrongCurrency
from fairday.coupons import service as coupons
from fairday.coupons.service import CouponEffect, CouponUse
from fairday.coupons.types import Channel as CouponChannel
from fairday.festivals import service as festivals
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.orders import service as orders
from fairday.orders.types import Channel
from fairday.places import service as places
from fairday.places.errors import UnknownRegion
from fairday.promotions import service as promotions
from fairday.promotions.types import (
    Discount,
    DiscountKind,
    Funder,
    Level,
    PriceCart,
    PriceLine,
    Quote,
)

STRIDE = 25
"""Carts that are worked on before others may go on: a batch that holds the hot rows waits for nothing but this thread."""


class Priced(msgspec.Struct, frozen=True, gc=False):
    """Hold a priced cart: what went in (the trace of the order, R2) and what came out."""

    cart: PriceCart
    quote: Quote


async def read_world(tx: Tx, carts: Sequence[Cart], now: datetime) -> World:
    """Read the SKUs, stores, open phases and terms that `carts` name: four set queries for any number of carts."""
    sku_ids: set[str] = set()
    store_ids: set[str] = set()
    for cart in carts:
        for line in cart.lines:
            sku_ids.add(line.sku_id)
            store_ids.add(line.store_id)
    skus = await catalog.skus(tx, sorted(sku_ids))
    stores = await places.stores(tx, sorted(store_ids))
    phase_ids = tuple(sorted(await festivals.phase_ids_at(tx, now)))
    terms = await store.terms(tx, sorted({sku.merchant_id for sku in skus.values()}))
    region_ids: frozenset[str] = frozenset()
    if any([cart.ship_to_region_id is not None for cart in carts]):
        region_ids = frozenset([region.region_id for region in await places.regions(tx)])
    live = await promotions.live(tx)
    if not live.books:
        return World(skus, stores, phase_ids, terms, region_ids)
    members = (
        sorted({cart.member_id for cart in carts if cart.member_id is not None}) if live.asks_orders else []
    )
    products = sorted({sku.product_id for sku in skus.values()}) if live.asks_tags else []
    return World(
        skus, stores, phase_ids, terms, region_ids, live, await _order_counts(tx, members),
        await catalog.tags(tx, products), await festivals.zone(tx) if live.asks_clock else "Asia/Shanghai",
    )  # fmt: skip


async def _order_counts(tx: Tx, member_ids: Sequence[str]) -> dict[str, int]:
    """Return how many orders members have: paid ones that stand, and no fewer than what an order of theirs was lowered as."""
    paid = await orders.standing_counts(tx, member_ids)
    held = await promotions.numbers_held(tx, member_ids)
    return {one: max(paid.get(one, 0), held.get(one, 0)) for one in {*paid, *held}}


async def price_all(
    tx: Tx, carts: Sequence[Cart], world: World, now: datetime, *, known: coupons.Known | None = None
) -> list[Priced | Refusal]:
    """Price every cart or say why not; in order. `known` is what was read of the carts' claims, if it was."""
    answers: list[Priced | Refusal | None] = [check(cart, world) for cart in carts]
    bare = [
        None if answers[place] else price_cart(cart, price_lines(cart, world), world, now)
        for place, cart in enumerate(carts)
    ]
    effects: list[list[CouponEffect]] = [[] for _ in carts]
    uses: list[CouponUse] = []
    users: list[int] = []
    phases = frozenset(world.phase_ids)
    for place, cart in enumerate(carts):
        if place % STRIDE == 0:
            await asyncio.sleep(0)
        own = bare[place]
        if cart.claim_ids and own is not None:
            lines = use_lines(cart, own, world)
            store_id = cart.store_id or one_store(cart)
            channel = coupons_channel(cart.channel)
            for claim_id in cart.claim_ids:
                uses.append(
                    CouponUse(claim_id, lines, channel, cart.member_id, store_id, phases, cart.till_id)
                )
                users.append(place)
    if uses:
        for place, judged in zip(users, await coupons.judge(tx, uses, now, known=known), strict=True):
            if isinstance(judged, Refusal):
                # Several may be refused: the first in the request tells.
                answers[place] = answers[place] or judged
            else:
                effects[place].append(judged)
    # A coupon's funders are the same for all its claims.
    funders: dict[tuple[str, int], tuple[Funder, ...]] = {}
    for place, own in enumerate(bare):
        if place % STRIDE == 0:
            await asyncio.sleep(0)
        if answers[place] is None and own is not None:
            priced = with_coupons(own, [discount(effect, own.lines, funders) for effect in effects[place]])
            try:
                answers[place] = Priced(priced, promotions.price(priced))
            except Refusal as refusal:
                answers[place] = refusal
    return [answer for answer in answers if answer is not None]


def coupons_channel(channel: Channel) -> CouponChannel:
    """Return the coupons room's name of a channel."""
    return CouponChannel.IN_STORE if channel is Channel.IN_STORE else CouponChannel.ONLINE


def check(cart: Cart, world: World) -> Refusal | None:
    """Judge what a cart names; every bad line is told at once.

    A SKU must be live, and each line's store open for business and of the SKU's own merchant; in store it is the till's.
    """
    errors: list[str] = []
    skus, stores, currency = world.skus, world.stores, cart.currency
    other_currency: str | None = None
    for number, line in enumerate(cart.lines, 1):
        sku = skus.get(line.sku_id)
        store = stores.get(line.store_id)
        if sku is None or sku.status is not SkuStatus.LIVE:
            errors.append(f"line {number}: there is no SKU {line.sku_id} on sale")
        elif store is None or store.merchant_id != sku.merchant_id or store.status != "open":
            errors.append(f"line {number}: {line.sku_id} is not sold at store {line.store_id}")
        elif sku.currency != currency:
            other_currency = other_currency or sku.currency
        elif cart.store_id is not None and line.store_id != cart.store_id:
            errors.append(f"line {number}: a till sells from its own store {cart.store_id} only")
    if errors:
        return BadLines(errors=errors)
    if other_currency is not None:
        return WrongCurrency(currency=other_currency)
    if cart.ship_to_region_id is not None and cart.ship_to_region_id not in world.region_ids:
        return UnknownRegion(region_id=cart.ship_to_region_id)
    return _check_claims(cart) if cart.claim_ids else None


def _check_claims(cart: Cart) -> Refusal | None:
    if cart.member_id is None:
        return CouponsNeedMember()
    seen: set[str] = set()
    for claim_id in cart.claim_ids:
        if claim_id in seen:
            return CouponTwice(claim_id=claim_id)
        seen.add(claim_id)
    return None


def discount(
    effect: CouponEffect,
    items: Sequence[PriceLine],
    funders: dict[tuple[str, int], tuple[Funder, ...]] | None = None,
) -> Discount:
    """Return a judged coupon as the price engine reads it; `funders` keeps those of coupons that were seen before."""
    version = (effect.coupon_id, effect.version)
    payers = funders.get(version) if funders is not None else None
    if payers is None:
        payers = tuple([Funder(one.kind, one.share_bp, one.brand) for one in effect.funders])
        if funders is not None:
            funders[version] = payers
    is_exchange = effect.kind.value == DiscountKind.EXCHANGE.value
    chosen = effect.eligible_line_ids
    return Discount(
        effect.claim_id,
        effect.coupon_id,
        effect.version,
        Level.PLATFORM if effect.merchant_id is None else Level.MERCHANT,
        effect.kind,
        payers,
        tuple([i for i, item in enumerate(items) if item.line_id in chosen]),
        effect.exchange_price_minor if is_exchange else effect.amount_minor,
        effect.rate_bp,
        effect.cap_minor or None,
        effect.threshold_minor,
        effect.min_payable_minor,
        effect.eligible_minor if is_exchange else None,
    )
