"""Show products and SKUs with the price of this instant and what it may honestly be struck through from."""

from collections.abc import Collection, Sequence

from fairday.catalog import references, rules, selling, service
from fairday.catalog.types import Product, ProductCard, ProductView, Sku, SkuView, Status
from fairday.kernel.http.routes import Call
from fairday.kernel.tx import Tx

PHASES = "catalog.phase_ids_at"
"""Key in `services.shared` of the verb `(tx, now) -> phase ids that hold`; the app sets it, for phases live a floor up."""
WINDOWS = "catalog.windows_since"
"""Key of the verb `(tx, since, now) -> (phase id, from, until) of all phases that were on since`; the app sets it."""


async def phases(call: Call, tx: Tx) -> Collection[str]:
    """Return the phases that hold now."""
    phase_ids_at = call.services.shared.get(PHASES)
    return await phase_ids_at(tx, call.now) if phase_ids_at else frozenset()


async def sku(call: Call, tx: Tx, one: Sku) -> SkuView:
    """Return a SKU as it is shown."""
    return (await _skus(call, tx, [one]))[0]


async def product(call: Call, tx: Tx, one: Product) -> ProductView:
    """Return a product as it is shown: SKUs that are not on sale only to its merchant and to operators."""
    skus = (await service.skus_of_products(tx, [one.product_id]))[one.product_id]
    sees_all = call.principal is not None and call.principal.may_see(one.merchant_id)
    fields = {name: getattr(one, name) for name in Product.__struct_fields__}
    shown = [sku for sku in skus if sees_all or sku.status is Status.LIVE]
    return ProductView(**fields, skus=await _skus(call, tx, shown))


async def cards(
    call: Call, tx: Tx, found: Sequence[tuple[Product, Sequence[Sku]]], phase_ids: Collection[str]
) -> list[ProductCard]:
    """Return products as cards, each by its cheapest live SKU; equal prices go to the older SKU."""
    best = [_cheapest(skus, phase_ids) for _, skus in found]
    low = await _references(call, tx, [one for one in best if one is not None], phase_ids)
    sold = await selling.counts(tx, [product.product_id for product, _ in found])
    return [
        _card(
            product,
            skus,
            one,
            phase_ids,
            None if one is None else low.get(one.sku_id),
            sold.get(product.product_id, 0),
        )
        for (product, skus), one in zip(found, best, strict=True)
    ]


async def _skus(call: Call, tx: Tx, skus: Sequence[Sku]) -> list[SkuView]:
    phase_ids = await phases(call, tx)
    low = await _references(call, tx, skus, phase_ids)
    return [_sku(one, phase_ids, low.get(one.sku_id)) for one in skus]


async def _references(call: Call, tx: Tx, skus: Sequence[Sku], phase_ids: Collection[str]) -> dict[str, int]:
    now_minor = {
        one.sku_id: price.price_minor
        for one in skus
        if (price := rules.sku_price_now(one, phase_ids)).phase_id is not None
    }
    windows_since = call.services.shared.get(WINDOWS)
    if not now_minor or windows_since is None:
        return {}
    return await references.struck(tx, now_minor, windows_since, call.now)


def _sku(one: Sku, phase_ids: Collection[str], reference_minor: int | None) -> SkuView:
    price = rules.sku_price_now(one, phase_ids)
    fields = {name: getattr(one, name) for name in SkuView.__struct_fields__ if hasattr(one, name)}
    fields["phase_prices"] = list(one.phase_prices)
    return SkuView(
        **fields, price_now_minor=price.price_minor, phase_id=price.phase_id, reference_minor=reference_minor
    )


def _cheapest(skus: Sequence[Sku], phase_ids: Collection[str]) -> Sku | None:
    live = [one for one in skus if one.status is Status.LIVE]
    return min(
        live, key=lambda one: (rules.sku_price_now(one, phase_ids).price_minor, one.sku_id), default=None
    )


def _card(
    product: Product,
    skus: Sequence[Sku],
    best: Sku | None,
    phase_ids: Collection[str],
    reference_minor: int | None,
    sold_count: int,
) -> ProductCard:
    price = rules.sku_price_now(best, phase_ids) if best else None
    return ProductCard(
        product.product_id,
        product.merchant_id,
        product.name,
        product.name_en,
        product.category_id,
        product.brand,
        (best.image if best else None) or product.image,
        product.status,
        sum([one.status is Status.LIVE for one in skus]),
        best.sku_id if best else None,
        best.currency if best else None,
        best.price_minor if best else None,
        price.price_minor if price else None,
        price.phase_id if price else None,
        best.compare_at_minor if best else None,
        reference_minor,
        sold_count,
    )
