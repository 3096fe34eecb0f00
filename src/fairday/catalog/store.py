"""Reach the catalogue's tables: one thin typed function per query."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from fairday.catalog import rules
from fairday.catalog.types import PhasePrice, PriceChange, Product, Sku, SkuDraft, Status
from fairday.kernel import arrays
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx

sql = Queries("fairday.catalog")
_PRODUCT = Product.__struct_fields__
_STATUS = {status.value: status for status in Status}
Change = tuple[str, str | None, int | None, int | None]
"""One line of the history: SKU, phase or None, price before, price after."""


async def skus(tx: Tx, sku_ids: Sequence[str]) -> dict[str, Sku]:
    """Return the SKUs that exist among `sku_ids`."""
    return {row[0]: _sku(row) for row in await tx.fetch(sql.skus, arrays.texts(sorted(set(sku_ids))))}


def _sku(row: asyncpg.Record) -> Sku:
    # Unpacked, not by name: orders read two of these each.
    (
        sku_id, product_id, merchant_id, name, name_en, options, gtin, price_minor, currency, category_id, brand, status,
        product_status, image, external_id, compare_at_minor, phase_prices,
    ) = row  # fmt: skip
    if options:
        name = rules.sku_name(name, options)
        name_en = rules.sku_name(name_en, options) if name_en else None
    return Sku(
        sku_id, product_id, merchant_id, name, name_en or None, options, gtin, price_minor, currency, category_id, brand,
        rules.both(_STATUS[product_status], _STATUS[status]), image,
        tuple([_phase_price(text) for text in phase_prices]) if phase_prices else (), external_id, compare_at_minor,
    )  # fmt: skip


def _phase_price(text: str) -> PhasePrice:
    price, _, phase_id = text.partition(" ")
    return PhasePrice(phase_id, int(price))


async def sku_ids_of_products(tx: Tx, product_ids: Sequence[str]) -> list[str]:
    """Return the ids of all SKUs of the products, oldest first."""
    return [row[0] for row in await tx.fetch(sql.sku_ids_of_products, list(product_ids))]


async def live_sku_ids(tx: Tx, product_ids: Sequence[str]) -> dict[str, str]:
    """Return the live SKUs of products, each with its product."""
    return {row[0]: row[1] for row in await tx.fetch(sql.live_sku_ids, list(product_ids))}


async def live_skus_of_merchant(tx: Tx, merchant_id: str, after: str, limit: int) -> list[str]:
    """Return the ids of at most `limit` live SKUs after an external id, in the order of these."""
    return [row[0] for row in await tx.fetch(sql.live_skus_of_merchant, merchant_id, after, limit)]


async def sku_ids_by_gtin(tx: Tx, merchant_id: str, gtin14s: Sequence[str]) -> dict[str, str]:
    """Return the SKU of each 14-digit GTIN that the merchant has and did not archive."""
    return {row[0]: row[1] for row in await tx.fetch(sql.sku_ids_by_gtin, merchant_id, list(gtin14s))}


async def sku_ids_by_external_id(tx: Tx, merchant_id: str, external_ids: Sequence[str]) -> dict[str, str]:
    """Return the SKU of each external id that the merchant has."""
    return {
        row[0]: row[1] for row in await tx.fetch(sql.sku_ids_by_external_id, merchant_id, list(external_ids))
    }


def _product(row: asyncpg.Record) -> Product:
    return msgspec.convert({name: row[name] for name in _PRODUCT}, Product)


async def sku_ids_by_name(tx: Tx, merchant_id: str, names: Sequence[str]) -> dict[str, str]:
    """Return SKU ids by names as they are compared."""
    rows = await tx.fetch(sql.sku_ids_by_name, merchant_id, names)
    return {row["name"]: row["sku_id"] for row in rows}


async def products(tx: Tx, product_ids: Sequence[str]) -> dict[str, Product]:
    """Return the products that exist among `product_ids`."""
    return {row["product_id"]: _product(row) for row in await tx.fetch(sql.products, list(product_ids))}


async def product_for_change(tx: Tx, product_id: str) -> Product | None:
    """Lock one product and return it."""
    row = await tx.fetchrow(sql.product_for_change, product_id)
    return None if row is None else _product(row)


async def insert_product(tx: Tx, product: Product, search: str) -> bool:
    """Insert a product; tell whether its external id was free."""
    inserted = await tx.fetchval(sql.insert_product, *_columns(product)[:11], search, product.updated_at)
    return inserted is not None


def _columns(product: Product) -> list[Any]:
    return [getattr(product, name) for name in _PRODUCT]


async def update_product(tx: Tx, product: Product, search: str) -> None:
    """Write all changeable fields of a locked product."""
    await tx.execute(
        sql.update_product, product.product_id, *_columns(product)[3:11], search, product.updated_at
    )


async def insert_skus(
    tx: Tx, product: Product, drafts: Sequence[tuple[str, SkuDraft]], now: datetime
) -> set[str]:
    """Insert SKUs under given ids and return the ids that no unique key refused."""
    rows = await tx.fetch(
        sql.insert_skus,
        product.product_id,
        product.merchant_id,
        now,
        [sku_id for sku_id, _ in drafts],
        [draft.external_id for _, draft in drafts],
        [msgspec.json.encode(draft.options).decode() for _, draft in drafts],
        [draft.gtin for _, draft in drafts],
        [draft.price_minor for _, draft in drafts],
        [draft.compare_at_minor for _, draft in drafts],
        [draft.currency for _, draft in drafts],
        [rules.first_status(draft) for _, draft in drafts],
        [draft.image for _, draft in drafts],
    )
    return {row[0] for row in rows}


async def sku_for_change(tx: Tx, sku_id: str) -> asyncpg.Record | None:
    """Lock one SKU and return its own columns."""
    return await tx.fetchrow(sql.sku_for_change, sku_id)


async def update_sku(tx: Tx, sku_id: str, fields: Sequence[Any], now: datetime) -> None:
    """Write options, gtin, price, crossed-out price, status and image of a locked SKU."""
    await tx.execute(sql.update_sku, sku_id, *fields, now)


async def phase_price(tx: Tx, sku_id: str, phase_id: str) -> int | None:
    """Return the price of a SKU in a phase, when it has one."""
    price: int | None = await tx.fetchval(sql.phase_price, sku_id, phase_id)
    return price


async def set_phase_price(tx: Tx, sku_id: str, phase_id: str, price_minor: int) -> None:
    """Set the price of a SKU in a phase."""
    await tx.execute(sql.set_phase_price, sku_id, phase_id, price_minor)


async def remove_phase_price(tx: Tx, sku_id: str, phase_id: str) -> None:
    """Take the price of a SKU in a phase away."""
    await tx.execute(sql.remove_phase_price, sku_id, phase_id)


async def insert_price_changes(tx: Tx, changes: Sequence[Change], now: datetime) -> None:
    """Append to the price history."""
    columns = [list(column) for column in zip(*changes, strict=True)]
    await tx.execute(sql.insert_price_changes, *columns, now)


async def price_changes(tx: Tx, sku_id: str, before_id: int, limit: int) -> list[tuple[int, PriceChange]]:
    """Return the history of a SKU older than `before_id`, the newest first."""
    rows = await tx.fetch(sql.price_changes, sku_id, before_id, limit)
    return [(row["change_id"], PriceChange(*list(row)[1:])) for row in rows]


async def search(
    tx: Tx,
    query: str,
    merchant_id: str | None,
    category_id: str | None,
    text: str,
    after: tuple[int, str] | None,
    limit: int,
) -> list[tuple[int, str]]:
    """Return (score, product id) of live products that match, the best first."""
    score, product_id = after if after else (None, None)
    rows = await tx.fetch(sql.search, query, merchant_id, category_id, text, score, product_id, limit)
    return [(row["score"], row["product_id"]) for row in rows]


async def newest(tx: Tx, before_id: str, limit: int) -> list[str]:
    """Return the newest live products."""
    return [row[0] for row in await tx.fetch(sql.newest, before_id, limit)]


async def newest_of_category(
    tx: Tx, category_id: str, merchant_id: str | None, before_id: str, limit: int
) -> list[str]:
    """Return the newest live products of a category."""
    rows = await tx.fetch(sql.newest_of_category, category_id, merchant_id, before_id, limit)
    return [row[0] for row in rows]


async def newest_of_merchant(
    tx: Tx, merchant_id: str, status: Status, before_id: str, limit: int
) -> list[str]:
    """Return the newest products of a merchant in a status."""
    rows = await tx.fetch(sql.newest_of_merchant, merchant_id, status, before_id, limit)
    return [row[0] for row in rows]


async def products_by_gtin(
    tx: Tx, gtin14: str, merchant_id: str | None, before_id: str, limit: int
) -> list[str]:
    """Return the live products that hold a GTIN."""
    rows = await tx.fetch(sql.products_by_gtin, gtin14, merchant_id, before_id, limit)
    return [row[0] for row in rows]


async def skus_count_of_product(tx: Tx, product_id: str) -> int:
    """Count the SKUs of a product that are not archived."""
    count: int = await tx.fetchval(sql.skus_count_of_product, product_id)
    return count


async def tags(tx: Tx, product_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the tags of products."""
    return {row["product_id"]: tuple(row["tags"]) for row in await tx.fetch(sql.tags, product_ids)}


async def sample_sku_ids(
    tx: Tx, currency: str, merchant_id: str | None, category_ids: Sequence[str], limit: int
) -> list[str]:
    """Return ids of SKUs on sale, the oldest first."""
    rows = await tx.fetch(sql.sample_sku_ids, currency, merchant_id, list(category_ids), limit)
    return [row["sku_id"] for row in rows]


async def lowest_since(tx: Tx, sku_ids: Sequence[str], since: datetime) -> dict[str, int]:
    """Return the lowest regular price of each SKU that was in force at some instant since."""
    return {row["sku_id"]: row["lowest_minor"] for row in await tx.fetch(sql.lowest_since, sku_ids, since)}
