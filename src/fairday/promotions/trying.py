"""Try terms before they are live: on a sample cart while they are written, and on real orders before they are approved."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from fairday.catalog import service as catalog
from fairday.catalog.types import Sku
from fairday.festivals import service as festivals
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.orders import service as orders
from fairday.orders.types import RecentOrder
from fairday.promotions import offer_rules, rules, saying, store
from fairday.promotions.engine import document as d
from fairday.promotions.engine import price
from fairday.promotions.engine.condition_types import CartChannel
from fairday.promotions.engine.faults import in_language
from fairday.promotions.engine.offers import Offer, OfferTerms
from fairday.promotions.engine.simulating import Cart, SimulateIn, SimulateOut, simulate
from fairday.promotions.errors import AlreadyApproved, OfferUnknown
from fairday.promotions.live import live
from fairday.promotions.offer_types import (
    Preview,
    PreviewBody,
    PreviewConflict,
    PriceWatch,
    Simulation,
    SimulationConflict,
    VersionView,
)
from fairday.promotions.types import WALLET

CARTS_MAX = 300
"""Real orders that a simulation prices again."""
SAMPLE_SKUS = 3
WATCHED_MAX = 100
NEW = "this"
"""What unstored terms are called among the offers of a preview."""


async def simulate_version(
    tx: Tx, offer_id: str, version: int, carts: Sequence[Cart], now: datetime
) -> VersionView:
    """Price carts, or the last real orders, without and with a version beside all live offers; keep the outcome with the version.

    Raises: OfferUnknown, AlreadyApproved, BadPriceDocument.
    """
    found = {one.version: one for one in await store.versions(tx, offer_id, 500)}
    if version not in found:
        raise OfferUnknown()
    offer = (await store.views(tx, [offer_id]))[offer_id]
    others, products, sample = await _world(
        tx, offer.currency, offer.merchant_id, offer_id, found[version].terms, carts, now
    )
    tried = offer_rules.offer_of(found[version].terms, offer_id, version, offer.merchant_id)
    base = await document_at(tx, offer.currency, products, now)
    before = _simulated(base, others, sample)
    after = _simulated(base, (*others, tried), sample)
    cost = next(one for one in after.offers if one.offer_id == offer_id)
    names = {one.offer_id: one.name for one in others}
    met = [one for one in after.conflicts if offer_id in (one.offer_id, one.by)]
    conflicts = [(one.by if one.offer_id == offer_id else one.offer_id, one.carts) for one in met]
    simulation = Simulation(
        now, after.carts, after.subtotal_minor, before.discount_minor, after.discount_minor, cost.stood, cost.amount_minor,
        after.funders, tuple([SimulationConflict(one, names.get(one, one), count) for one, count in conflicts]),
        await _watched(tx, base, tried, now),
    )  # fmt: skip
    if not await store.set_simulation(tx, offer_id, version, simulation):
        raise AlreadyApproved()
    simulated = msgspec.structs.replace(found[version], simulation=simulation)
    [told] = await saying.versions(tx, [simulated], offer.merchant_id, offer.currency)
    return told


async def _watched(tx: Tx, base: d.PriceIn, tried: Offer, now: datetime) -> tuple[PriceWatch, ...]:
    """Return the goods that the offer lowers whose price was raised before, or falls below half."""
    alone = msgspec.structs.replace(base, offers=(tried,), codes=tried.codes[:1])
    sku_ids = [one.sku for one in base.products[:WATCHED_MAX]]
    lowest = await catalog.reference_prices(tx, sku_ids, now)
    skus = await catalog.skus(tx, sku_ids)
    found = []
    for product in base.products[:WATCHED_MAX]:
        line = d.DocumentLine(line_id="1", sku=product.sku)
        offered = price(msgspec.structs.replace(alone, lines=(line,))).total_minor
        regular, low = product.price_minor, lowest.get(product.sku, product.price_minor)
        is_raised, is_deep = regular > low, 2 * offered < low
        if offered < regular and (is_raised or is_deep):
            name = skus[product.sku].name
            found.append(PriceWatch(product.sku, name, regular, low, offered, is_raised, is_deep))
    return tuple(found)


async def preview(
    tx: Tx, body: PreviewBody, merchant_id: str | None, now: datetime, language: str = "en"
) -> Preview:
    """Return what terms would do to a sample cart beside all live offers, or what is wrong with them in a language."""
    said = await saying.of_terms(tx, body.terms, merchant_id, body.currency)
    errors = offer_rules.errors_of(body.terms, merchant_id)
    if errors:
        return Preview(in_language(errors, language), None, None, [], *said)
    at = body.at or now
    asked = [
        Cart(
            cart_id="sample",
            lines=tuple([d.DocumentLine(line_id=str(n), sku=one.sku_id, quantity=one.quantity) for n, one in enumerate(body.lines, 1)]),
        )
    ]  # fmt: skip
    others, products, sample = await _world(
        tx, body.currency, merchant_id, body.offer_id, body.terms, asked if body.lines else (), at, wanted=1
    )
    base = await document_at(tx, body.currency, products, at)
    lines = sample[0].lines if sample else ()
    tried = offer_rules.offer_of(body.terms, NEW, 1, merchant_id)
    try:
        before = price(msgspec.structs.replace(base, lines=lines, offers=others))
        after = price(
            msgspec.structs.replace(base, lines=lines, offers=(*others, tried), codes=body.terms.codes[:1])
        )
    except Refusal as refusal:
        return Preview([refusal.sentence(language)], None, None, [], *said)
    names = {one.offer_id: one.name for one in others}
    conflicts = [
        PreviewConflict(other, names.get(other, other), one.reason)
        for one in after.refused
        if NEW in (one.offer_id, one.by)
        and (other := one.by if one.offer_id == NEW else one.offer_id) not in (None, NEW)
    ]
    return Preview([], before, after, conflicts, *said)


async def _world(
    tx: Tx,
    currency: str,
    merchant_id: str | None,
    offer_id: str | None,
    terms: OfferTerms,
    carts: Sequence[Cart],
    now: datetime,
    wanted: int = CARTS_MAX,
) -> tuple[tuple[Offer, ...], dict[str, d.Product], Sequence[Cart]]:
    """Return the live offers but this one, the goods, and the carts to price."""
    others = tuple([one for one in (await live(tx)).offers.get(currency, ()) if one.offer_id != offer_id])
    sample = carts
    if not sample and wanted > 1:
        sample = await real_carts(tx, currency, merchant_id, wanted)
    if not sample:
        sample = await _invented(tx, currency, merchant_id, terms)
    products = await products_of(tx, currency, sample, now)
    known = [cart for cart in sample if all(line.sku in products for line in cart.lines)]
    return others, products, known


async def real_carts(tx: Tx, currency: str, merchant_id: str | None, limit: int) -> list[Cart]:
    """Return the carts of the last paid orders, of a merchant or of all."""
    return [_cart_of(one) for one in await orders.recent(tx, currency, merchant_id, limit)]


async def products_of(tx: Tx, currency: str, carts: Sequence[Cart], now: datetime) -> dict[str, d.Product]:
    """Return the goods of carts that are sold in a currency, at their prices now."""
    sku_ids = sorted({line.sku for cart in carts for line in cart.lines})
    skus = {one: sku for one, sku in (await catalog.skus(tx, sku_ids)).items() if sku.currency == currency}
    tags = await catalog.tags(tx, sorted({one.product_id for one in skus.values()}))
    phase_ids = tuple(sorted(await festivals.phase_ids_at(tx, now)))
    return {sku.sku_id: product_of(sku, tags, phase_ids) for sku in skus.values()}


def _cart_of(order: RecentOrder) -> Cart:
    return Cart(
        cart_id=order.order_id,
        lines=tuple(
            [
                d.DocumentLine(line_id=str(n), sku=sku_id, quantity=quantity)
                for n, (sku_id, quantity) in enumerate(order.lines, 1)
            ]
        ),
        place_id=order.store_id,
        channel=CartChannel(order.channel),
        region_id=order.region_id,
        member=None if order.order_count is None else d.Member(order_count=order.order_count),
        payment_method=WALLET if order.channel == CartChannel.ONLINE else None,
    )


async def _invented(tx: Tx, currency: str, merchant_id: str | None, terms: OfferTerms) -> list[Cart]:
    """Return a cart of goods in scope, for a shop that has not sold anything yet: two pieces of each of a few."""
    named = sorted(
        offer_rules.named_skus(terms) - set(terms.items.exclude.skus if terms.items.exclude else ())
    )
    sku_ids = named[:SAMPLE_SKUS] or await catalog.sample_sku_ids(
        tx, currency, merchant_id, terms.items.category_ids, SAMPLE_SKUS
    )
    lines = [d.DocumentLine(line_id=str(n), sku=one, quantity=2) for n, one in enumerate(sku_ids, 1)]
    return [Cart(cart_id="sample", lines=tuple(lines))] if lines else []


def product_of(sku: Sku, tags: Mapping[str, tuple[str, ...]], phase_ids: Sequence[str]) -> d.Product:
    """Return a SKU as the engine reads it, at its price in the open phases."""
    phase_prices = [(one.phase_id, one.price_minor) for one in sku.phase_prices]
    unit, _ = rules.unit_price(sku.price_minor, phase_prices, phase_ids)
    return d.Product(
        sku=sku.sku_id,
        price_minor=sku.price_minor,
        merchant_id=sku.merchant_id,
        category_ids=() if sku.category_id is None else (sku.category_id,),
        brand=sku.brand,
        tags=tags.get(sku.product_id, ()),
        compare_at_minor=sku.compare_at_minor,
        prices=(d.TimedPrice(price_minor=unit),) if unit < sku.price_minor else (),
    )


async def document_at(tx: Tx, currency: str, products: Mapping[str, d.Product], now: datetime) -> d.PriceIn:
    """Return a price document of goods without lines: the phases that are on, and the festival's zone."""
    phases = [
        d.OpenPhase(phase_id=one, starts_at=now, ends_at=datetime.max.replace(tzinfo=now.tzinfo))
        for one in sorted(await festivals.phase_ids_at(tx, now))
    ]
    return d.PriceIn(
        now=now, currency=currency, products=tuple(products.values()), lines=(), phases=tuple(phases),
        zone=await festivals.zone(tx),
    )  # fmt: skip


def _simulated(base: d.PriceIn, offers: tuple[Offer, ...], carts: Sequence[Cart]) -> SimulateOut:
    shared = {name: getattr(base, name) for name in ("now", "currency", "products", "phases", "zone")}
    return simulate(SimulateIn(**shared, offers=offers, carts=tuple(carts)))
