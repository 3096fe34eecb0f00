"""Look up what this till's merchant sells: price now and what the store has free. Source: S38; the clerk's look-up."""

from datetime import datetime

from fairday.catalog import service as catalog
from fairday.catalog.types import Sku, Status
from fairday.festivals import service as festivals
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.stock import service as stock
from fairday.tills import baskets
from fairday.tills.sale_types import TillGood
from fairday.tills.types import At

LIMIT = 30


async def find(tx: Tx, at: At, text: str, now: datetime) -> list[TillGood]:
    """Return at most `LIMIT` live SKUs that match words or a GTIN, best match first. Raises: NoOpenShift."""
    (desk,) = await baskets.desks_of(tx, [at])
    if isinstance(desk, Refusal):
        raise desk
    skus = list((await catalog.skus_by_gtin(tx, desk.merchant_id, [text])).values())
    if not skus:
        found = await catalog.find(
            tx,
            text=text or None,
            merchant_id=desk.merchant_id,
            category_id=None,
            status=Status.LIVE,
            after=None,
            limit=LIMIT,
        )
        ids = [product_id for _, product_id in found]
        by_product = await catalog.skus_of_products(tx, ids)
        skus = [sku for product_id in ids for sku in by_product[product_id]]
    skus = [sku for sku in skus if sku.status is Status.LIVE and sku.currency == desk.currency][:LIMIT]
    if not skus:
        return []
    phases = await festivals.phase_ids_at(tx, now)
    levels = await stock.levels(tx, [sku.sku_id for sku in skus], [desk.store_id])
    free = {level.sku_id: level.free for level in levels.values()}
    return [_good(sku, phases, free.get(sku.sku_id)) for sku in skus]


def _good(sku: Sku, phases: frozenset[str], free: int | None) -> TillGood:
    price = catalog.sku_price_now(sku, phases)
    return TillGood(
        sku.sku_id, sku.gtin, sku.name, sku.name_en, sku.options, sku.image, sku.currency, sku.price_minor,
        price.price_minor, free,
    )  # fmt: skip
