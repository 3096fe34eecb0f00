"""React to what is paid and refunded: tell the catalogue what sells."""

from collections.abc import Sequence
from datetime import datetime

from fairday.catalog import service as catalog
from fairday.kernel.events import Recorded
from fairday.kernel.tx import Tx

COUNTED = frozenset({"orders.Paid", "orders.Refunded"})


async def count_sold(tx: Tx, events: Sequence[Recorded], now: datetime) -> None:
    """Count the pieces of a batch's orders by product and day; a refund takes them off the day on which they were paid."""
    pieces = [
        (
            datetime.fromisoformat(one.data["paid_at"]),
            sku_id,
            quantity if one.type == "orders.Paid" else -quantity,
        )
        for one in events
        if one.type in COUNTED
        for sku_id, _, quantity, _ in one.data["lines"]
    ]
    skus = await catalog.skus(tx, sorted({sku_id for _, sku_id, _ in pieces}))
    await catalog.count_sold(
        tx, [(at, skus[sku_id].product_id, count) for at, sku_id, count in pieces if sku_id in skus], now
    )


REACTIONS = [("catalog-sold", COUNTED, count_sold)]
