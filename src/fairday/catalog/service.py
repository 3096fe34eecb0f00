"""Offer the catalogue's verbs: read SKUs and prices, find products, make and change them, import files."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from fairday.catalog import rules, store, terms
from fairday.catalog.errors import (
    BadGtin,
    ExternalIdTaken,
    GtinTaken,
    PriceMissing,
    TooManySkus,
)
from fairday.catalog.events import PhasePriceChanged, PriceChanged
from fairday.catalog.importing import import_products
from fairday.catalog.rules import price_now, sku_price_now
from fairday.catalog.selling import add as count_sold
from fairday.catalog.types import (
    SKUS_PER_PRODUCT_MAX,
    PhasePriceDraft,
    PriceChange,
    Product,
    ProductDraft,
    ProductPatch,
    Sku,
    SkuDraft,
    SkuPatch,
    Status,
)
from fairday.kernel import outbox
from fairday.kernel.errors import NotFound
from fairday.kernel.ids import new_id
from fairday.kernel.tx import RetryTransaction, Tx

__all__ = [
    "add_skus", "count_sold", "create_product", "find", "import_products", "live_skus", "price_history", "price_now", "products", "remove_phase_price",
    "set_phase_price", "sku_price_now", "skus", "skus_by_external_id", "skus_by_gtin", "skus_of_products", "update_product",
    "update_sku",
]  # fmt: skip
LAST_ID = "pro_zzzz"
REFERENCE_TIME = timedelta(days=30)
"""How far back the lowest price is looked for."""
"""Sorts after every product id, for the first page."""


async def skus(tx: Tx, sku_ids: Sequence[str]) -> dict[str, Sku]:
    """Return the SKUs that exist among `sku_ids`, by id."""
    return await store.skus(tx, sku_ids) if sku_ids else {}


async def tags(tx: Tx, product_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the tags of products."""
    return await store.tags(tx, product_ids) if product_ids else {}


async def reference_prices(tx: Tx, sku_ids: Sequence[str], now: datetime) -> dict[str, int]:
    """Return each SKU's lowest regular price of the last 30 days: what a price may honestly be struck through from (F06)."""
    return await store.lowest_since(tx, sku_ids, now - REFERENCE_TIME) if sku_ids else {}


async def sample_sku_ids(
    tx: Tx, currency: str, merchant_id: str | None, category_ids: Sequence[str], limit: int
) -> list[str]:
    """Return some SKUs on sale, of a merchant and of categories where these are given, to show what an offer does."""
    return await store.sample_sku_ids(tx, currency, merchant_id, category_ids, limit)


async def skus_by_gtin(tx: Tx, merchant_id: str, gtins: Sequence[str]) -> dict[str, Sku]:
    """Return the merchant's SKUs by the GTINs as they were asked for: 12, 13 and 14 digits name the same thing."""
    wanted = {gtin: rules.gtin14(gtin) for gtin in gtins if gtin.isascii() and gtin.isdigit()}
    ids = await store.sku_ids_by_gtin(tx, merchant_id, sorted(set(wanted.values()))) if wanted else {}
    found = await skus(tx, list(ids.values()))
    return {gtin: found[ids[full]] for gtin, full in wanted.items() if full in ids}


async def skus_by_external_id(tx: Tx, merchant_id: str, external_ids: Sequence[str]) -> dict[str, Sku]:
    """Return the merchant's SKUs by its own ids."""
    ids = await store.sku_ids_by_external_id(tx, merchant_id, external_ids) if external_ids else {}
    found = await skus(tx, list(ids.values()))
    return {external_id: found[sku_id] for external_id, sku_id in ids.items()}


async def live_skus(tx: Tx, merchant_id: str, *, after: str, limit: int) -> list[Sku]:
    """Return at most `limit` SKUs that a merchant sells, in the order of its own ids, after the id `after`."""
    ids = await store.live_skus_of_merchant(tx, merchant_id, after, limit)
    found = await skus(tx, ids)
    return [found[sku_id] for sku_id in ids]


async def sku_ids_by_name(tx: Tx, merchant_id: str, names: Sequence[str]) -> dict[str, str]:
    """Return SKU ids by name: NFKC, Latin letters small, without spaces; a name that two SKUs share is left out.

    Reads all that the merchant sells once: ask for many names together.
    """
    return await store.sku_ids_by_name(tx, merchant_id, sorted(set(names))) if names else {}


async def products(tx: Tx, product_ids: Sequence[str]) -> dict[str, Product]:
    """Return the products that exist among `product_ids`, by id."""
    return await store.products(tx, product_ids) if product_ids else {}


async def skus_of_products(tx: Tx, product_ids: Sequence[str]) -> dict[str, list[Sku]]:
    """Return the SKUs of each product, oldest first."""
    ids = await store.sku_ids_of_products(tx, product_ids) if product_ids else []
    found = await skus(tx, ids)
    grouped: dict[str, list[Sku]] = {product_id: [] for product_id in product_ids}
    for sku_id in ids:
        grouped[found[sku_id].product_id].append(found[sku_id])
    return grouped


async def live_sku_ids(tx: Tx, product_ids: Sequence[str]) -> dict[str, str]:
    """Return the ids of the products' live SKUs, each with the id of its product."""
    return await store.live_sku_ids(tx, product_ids) if product_ids else {}


async def find(
    tx: Tx,
    *,
    text: str | None,
    merchant_id: str | None,
    category_id: str | None,
    status: Status = Status.LIVE,
    after: tuple[int, str] | None = None,
    limit: int,
) -> list[tuple[int, str]]:
    """Return (score, product id) of one page: ranked when `text` is given, else the newest first with score 0.

    Text of 8 or 12 to 14 digits with a right check digit is looked up as a GTIN. Only live products are searched by
    text or listed without a merchant; the caller checks who may ask for another `status`.
    """
    before_id = after[1] if after else LAST_ID
    if text is not None and text.strip():
        code = text.strip()
        if rules.is_gtin(code):
            ids = await store.products_by_gtin(tx, rules.gtin14(code), merchant_id, before_id, limit)
            if ids or after:
                return [(0, product_id) for product_id in ids]
        query = terms.query(text)
        if query is None:
            return []
        return await store.search(tx, query, merchant_id, category_id, code.lower(), after, limit)
    if category_id is not None:
        ids = await store.newest_of_category(tx, category_id, merchant_id, before_id, limit)
    elif merchant_id is not None:
        ids = await store.newest_of_merchant(tx, merchant_id, status, before_id, limit)
    else:
        ids = await store.newest(tx, before_id, limit)
    return [(0, product_id) for product_id in ids]


async def create_product(tx: Tx, merchant_id: str, draft: ProductDraft, now: datetime) -> Product:
    """Make a product with its SKUs.

    Raises: BadGtin, UnknownCurrency, PriceMissing, CompareAtTooLow, ExternalIdTaken, GtinTaken.
    """
    product = Product(
        new_id("pro"),
        merchant_id,
        draft.external_id,
        draft.name,
        draft.name_en,
        draft.description,
        draft.category_id,
        draft.brand,
        draft.image,
        draft.status,
        draft.tags,
        now,
    )
    if not await store.insert_product(tx, product, _search(product)):
        raise ExternalIdTaken(external_id=draft.external_id)
    await _insert_skus(tx, product, draft.skus, now)
    return product


async def add_skus(tx: Tx, product_id: str, drafts: Sequence[SkuDraft], now: datetime) -> list[str]:
    """Add SKUs to a product and return their ids.

    Raises: NotFound, TooManySkus, and those of create_product.
    """
    product = await store.product_for_change(tx, product_id)
    if product is None:
        raise NotFound(what="product")
    if await store.skus_count_of_product(tx, product_id) + len(drafts) > SKUS_PER_PRODUCT_MAX:
        raise TooManySkus(skus_max=SKUS_PER_PRODUCT_MAX)
    return await _insert_skus(tx, product, drafts, now)


async def _insert_skus(tx: Tx, product: Product, drafts: Sequence[SkuDraft], now: datetime) -> list[str]:
    for draft in drafts:
        if refusal := rules.judge_draft(draft):
            raise refusal
    named = [(new_id("sku"), draft) for draft in drafts]
    inserted = await store.insert_skus(tx, product, named, now)
    for sku_id, draft in named:
        if sku_id not in inserted:
            raise await _clash(tx, product.merchant_id, draft)
    return [sku_id for sku_id, _ in named]


async def _clash(tx: Tx, merchant_id: str, draft: SkuDraft) -> GtinTaken | ExternalIdTaken:
    """Tell which key of a SKU was taken; the transaction is rolled back by the refusal."""
    if draft.gtin and await store.sku_ids_by_gtin(tx, merchant_id, [rules.gtin14(draft.gtin)]):
        is_gtin = draft.external_id not in await store.sku_ids_by_external_id(
            tx, merchant_id, [draft.external_id]
        )
        if is_gtin:
            return GtinTaken(gtin=draft.gtin)
    return ExternalIdTaken(external_id=draft.external_id)


async def update_product(tx: Tx, product_id: str, patch: ProductPatch, now: datetime) -> Product:
    """Change fields of a product. Raises: NotFound."""
    product = await store.product_for_change(tx, product_id)
    if product is None:
        raise NotFound(what="product")
    changes = {
        name: value
        for name in patch.__struct_fields__
        if (value := getattr(patch, name)) is not msgspec.UNSET
    }
    product = msgspec.structs.replace(product, **changes, updated_at=now)
    await store.update_product(tx, product, _search(product))
    return product


def _search(product: Product) -> str:
    return terms.vector(product.name, product.name_en, product.brand, product.category_id, product.tags)


async def update_sku(tx: Tx, sku_id: str, patch: SkuPatch, now: datetime) -> Sku:
    """Change fields of a SKU; a new price goes into the history and is announced.

    Raises: NotFound, BadGtin, PriceMissing, CompareAtTooLow, PriceFarBelow, GtinTaken.
    """
    row = await store.sku_for_change(tx, sku_id)
    if row is None:
        raise NotFound(what="SKU")
    names = ("options", "gtin", "price_minor", "compare_at_minor", "status", "image")
    old = {name: row[name] for name in names}
    new = old | {name: value for name in names if (value := getattr(patch, name)) is not msgspec.UNSET}
    await _judge_change(tx, row, old, new, is_confirmed=patch.confirm_price)
    try:
        await store.update_sku(tx, sku_id, [new[name] for name in names], now)
    except asyncpg.UniqueViolationError:  # another request took the GTIN after it was looked up
        raise RetryTransaction from None
    if new["price_minor"] != old["price_minor"]:
        await store.insert_price_changes(tx, [(sku_id, None, old["price_minor"], new["price_minor"])], now)
        event = PriceChanged(
            sku_id=sku_id,
            merchant_id=row["merchant_id"],
            currency=row["currency"],
            price_minor_before=old["price_minor"],
            price_minor_after=new["price_minor"],
        )
        await outbox.publish(tx, [event], now)
    return (await store.skus(tx, [sku_id]))[sku_id]


async def _judge_change(
    tx: Tx, row: Any, old: dict[str, Any], new: dict[str, Any], *, is_confirmed: bool
) -> None:
    gtin = new["gtin"]
    is_sold_under = gtin is not None and new["status"] != Status.ARCHIVED
    if gtin is not None and gtin != old["gtin"] and not rules.is_gtin(gtin):
        raise BadGtin(gtin=gtin)
    if new["status"] == Status.LIVE and new["price_minor"] == 0:
        raise PriceMissing(external_id=row["external_id"])
    refusal = rules.judge_price(
        new["price_minor"], old["price_minor"], new["compare_at_minor"], is_confirmed=is_confirmed
    )
    if refusal:
        raise refusal
    if is_sold_under and (gtin != old["gtin"] or old["status"] == Status.ARCHIVED):
        holders = await store.sku_ids_by_gtin(tx, row["merchant_id"], [rules.gtin14(gtin)])
        if any(holder != row["sku_id"] for holder in holders.values()):
            raise GtinTaken(gtin=gtin)


async def set_phase_price(tx: Tx, sku_id: str, phase_id: str, draft: PhasePriceDraft, now: datetime) -> Sku:
    """Set the price of a SKU while a phase holds. The caller knows that the phase exists.

    Raises: NotFound, PhasePriceAboveRegular, PriceFarBelow.
    """
    row = await store.sku_for_change(tx, sku_id)
    if row is None:
        raise NotFound(what="SKU")
    refusal = rules.judge_phase_price(draft.price_minor, row["price_minor"], is_confirmed=draft.confirm_price)
    if refusal:
        raise refusal
    before = await store.phase_price(tx, sku_id, phase_id)
    if before != draft.price_minor:
        await store.set_phase_price(tx, sku_id, phase_id, draft.price_minor)
        await _note_phase_price(tx, row, phase_id, before, draft.price_minor, now)
    return (await store.skus(tx, [sku_id]))[sku_id]


async def remove_phase_price(tx: Tx, sku_id: str, phase_id: str, now: datetime) -> Sku:
    """Take the price of a SKU in a phase away; without one nothing changes. Raises: NotFound."""
    row = await store.sku_for_change(tx, sku_id)
    if row is None:
        raise NotFound(what="SKU")
    before = await store.phase_price(tx, sku_id, phase_id)
    if before is not None:
        await store.remove_phase_price(tx, sku_id, phase_id)
        await _note_phase_price(tx, row, phase_id, before, None, now)
    return (await store.skus(tx, [sku_id]))[sku_id]


async def _note_phase_price(
    tx: Tx, row: Any, phase_id: str, before: int | None, after: int | None, now: datetime
) -> None:
    await store.insert_price_changes(tx, [(row["sku_id"], phase_id, before, after)], now)
    event = PhasePriceChanged(
        sku_id=row["sku_id"],
        merchant_id=row["merchant_id"],
        phase_id=phase_id,
        currency=row["currency"],
        price_minor_before=before,
        price_minor_after=after,
    )
    await outbox.publish(tx, [event], now)


async def price_history(
    tx: Tx, sku_id: str, *, before_id: int | None, limit: int
) -> list[tuple[int, PriceChange]]:
    """Return (change id, change) of a SKU's prices, the newest first."""
    return await store.price_changes(tx, sku_id, before_id or 2**62, limit)
