"""Read and write the catalogue's tables in bulk for imports."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from fairday.catalog import rules, store, terms
from fairday.catalog.types import ProductImport, SkuImport
from fairday.kernel.sql import Queries
from fairday.kernel.tx import RetryTransaction, Tx

sql = Queries("fairday.catalog", "importing.sql")
insert_price_changes = store.insert_price_changes


class Known:
    """Hold a SKU as it stands, to compare a row with."""

    __slots__ = ("_fields", "currency", "price_minor", "product_id", "sku_id")

    def __init__(self, row: asyncpg.Record) -> None:
        self.sku_id: str = row["sku_id"]
        self.product_id: str = row["product_id"]
        self.price_minor: int = row["price_minor"]
        self.currency: str = row["currency"]
        self._fields = tuple(row)[3:]

    def differs(self, row: SkuImport, product_id: str) -> bool:
        """Tell whether `row` would change anything."""
        return self.product_id != product_id or self._fields != (
            row.options,
            row.gtin,
            row.price_minor,
            row.compare_at_minor,
            row.currency,
            row.status,
            row.image,
        )

    def holds(self, gtin: str) -> bool:
        """Tell whether the SKU holds `gtin` already, so that nobody else can."""
        held, status = self._fields[1], self._fields[5]
        return held is not None and status != "archived" and rules.gtin14(held) == rules.gtin14(gtin)


async def plan_for_growth(tx: Tx) -> None:
    """Let this transaction plan by indexes whatever size the tables had when they were last looked at."""
    await tx.execute(sql.plan_for_growth)


async def known_skus(tx: Tx, merchant_id: str, external_ids: Sequence[str]) -> dict[str, Known]:
    """Return the merchant's SKUs among `external_ids`."""
    rows = await tx.fetch(sql.known_skus, merchant_id, external_ids)
    return {row["external_id"]: Known(row) for row in rows}


async def known_products(
    tx: Tx, merchant_id: str, external_ids: Sequence[str]
) -> dict[str, tuple[str, ProductImport]]:
    """Return id and fields of the merchant's products among `external_ids`."""
    rows = await tx.fetch(sql.known_products, merchant_id, external_ids)
    return {row["external_id"]: (row[0], _known_product(row)) for row in rows}


def _known_product(row: asyncpg.Record) -> ProductImport:
    return ProductImport(
        row["external_id"],
        row["name"],
        row["name_en"],
        row["description"],
        row["category_id"],
        row["brand"],
        row["image"],
        row["status"],
        tuple(row["tags"]),
    )


async def gtin_holders(tx: Tx, merchant_id: str, gtin14s: Sequence[str]) -> dict[str, str]:
    """Return the external id of the SKU that holds each GTIN."""
    rows = await tx.fetch(sql.gtin_holders, merchant_id, gtin14s)
    return {row["gtin14"]: row["external_id"] for row in rows}


def _search(product: ProductImport) -> str:
    return terms.vector(product.name, product.name_en, product.brand, product.category_id, product.tags)


def _product_columns(products: Sequence[tuple[str, ProductImport]]) -> list[list[str | None]]:
    """Return name, name_en, description, category, brand, image, status, tags and search terms, a list each."""
    return [
        [product.name for _, product in products],
        [product.name_en for _, product in products],
        [product.description for _, product in products],
        [product.category_id for _, product in products],
        [product.brand for _, product in products],
        [product.image for _, product in products],
        [product.status for _, product in products],
        ["\n".join(product.tags) or None for _, product in products],
        [_search(product) for _, product in products],
    ]


async def insert_products(
    tx: Tx, merchant_id: str, products: Sequence[tuple[str, ProductImport]], now: datetime
) -> None:
    """Insert products under given ids. Raises: RetryTransaction when another import made one of them first."""
    products = sorted(products, key=lambda pair: pair[1].external_id)
    done = await tx.execute(
        sql.insert_products,
        merchant_id,
        now,
        [product_id for product_id, _ in products],
        [product.external_id for _, product in products],
        *_product_columns(products),
    )
    if done != f"INSERT 0 {len(products)}":
        raise RetryTransaction


async def update_products(tx: Tx, products: Sequence[tuple[str, ProductImport]], now: datetime) -> None:
    """Write all fields of known products, in key order."""
    products = sorted(products, key=lambda pair: pair[0])
    await tx.execute(
        sql.update_products, now, [product_id for product_id, _ in products], *_product_columns(products)
    )


async def insert_skus(
    tx: Tx, merchant_id: str, skus: Sequence[tuple[str, str, SkuImport]], now: datetime
) -> None:
    """Insert (SKU id, product id, row). Raises: RetryTransaction when another import made one of them first."""
    skus = sorted(skus, key=lambda entry: entry[2].external_id)
    done = await tx.execute(
        sql.import_skus,
        merchant_id,
        now,
        [sku_id for sku_id, _, _ in skus],
        [product_id for _, product_id, _ in skus],
        [row.external_id for _, _, row in skus],
        [row.options for _, _, row in skus],
        [row.gtin for _, _, row in skus],
        [row.price_minor for _, _, row in skus],
        [row.compare_at_minor for _, _, row in skus],
        [row.currency for _, _, row in skus],
        [row.status for _, _, row in skus],
        [row.image for _, _, row in skus],
    )
    if done != f"INSERT 0 {len(skus)}":
        raise RetryTransaction


async def update_skus(tx: Tx, skus: Sequence[tuple[str, str, SkuImport]], now: datetime) -> None:
    """Write all fields of known SKUs, in key order."""
    skus = sorted(skus, key=lambda entry: entry[0])
    await tx.execute(
        sql.update_skus,
        now,
        [sku_id for sku_id, _, _ in skus],
        [product_id for _, product_id, _ in skus],
        [row.options for _, _, row in skus],
        [row.gtin for _, _, row in skus],
        [row.price_minor for _, _, row in skus],
        [row.compare_at_minor for _, _, row in skus],
        [row.currency for _, _, row in skus],
        [row.status for _, _, row in skus],
        [row.image for _, _, row in skus],
    )
