"""Put found products in order of what they cost now.

Bounded: the newest `MATCHES_MAX` matches are priced anew for each page, because no column holds a price that a phase may
change at any instant (R3). Products of one price stand in order of their age.
"""

from collections.abc import Collection

from fairday.catalog import terms
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx

sql = Queries("fairday.catalog", "sorting.sql")
MATCHES_MAX = 2_000


async def by_price(
    tx: Tx,
    *,
    text: str | None,
    merchant_id: str | None,
    category_id: str | None,
    phase_ids: Collection[str],
    is_falling: bool,
    after: tuple[int, str] | None,
    limit: int,
) -> list[tuple[int, str]]:
    """Return (sort key, product id) of live products, the cheapest first, or the dearest when `is_falling`.

    The key is the price in minor units, below zero when falling, so that it always grows. Currencies are not compared.
    """
    query = None
    if text is not None and text.strip():
        query = terms.query(text)
        if query is None:
            return []
    key, product_id = after if after else (None, None)
    sign = -1 if is_falling else 1
    rows = await tx.fetch(
        sql.by_price,
        query,
        merchant_id,
        category_id,
        MATCHES_MAX,
        sorted(phase_ids),
        sign,
        key,
        product_id,
        limit,
    )
    return [(row["key"], row["product_id"]) for row in rows]
