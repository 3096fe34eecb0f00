"""Count what sells, and put found products in order of it.

Counted are pieces paid for within the last `DAYS` days (UTC), online and at tills; what was refunded is taken off again. The
count follows the payment by what the log's reader needs, seconds at most. Bounded: the newest `MATCHES_MAX` matches and those
of the `MATCHES_MAX` best sold products of all that match are put in order.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from fairday.catalog import terms
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx

sql = Queries("fairday.catalog", "selling.sql")
DAYS = 30
MATCHES_MAX = 2_000


def first_day(now: datetime) -> date:
    """Return the oldest day that counts at `now`."""
    return now.astimezone(UTC).date() - timedelta(days=DAYS - 1)


async def add(tx: Tx, sold: Sequence[tuple[datetime, str, int]], now: datetime) -> None:
    """Count (paid at, product id, pieces), fewer than nothing for a refund; what is too old to count is passed over."""
    since = first_day(now)
    days = [(paid_at.astimezone(UTC).date(), product_id, pieces) for paid_at, product_id, pieces in sold]
    counted = [one for one in days if one[0] >= since]
    if counted:
        await tx.execute(sql.one_at_a_time)
        await tx.execute(sql.add_sold, *(list(column) for column in zip(*counted, strict=True)))


async def forget(tx: Tx, now: datetime) -> int:
    """Take the days that are too old off the counts; return how many products they had."""
    await tx.execute(sql.one_at_a_time)
    return len(await tx.fetch(sql.forget_before, first_day(now)))


async def counts(tx: Tx, product_ids: Sequence[str]) -> dict[str, int]:
    """Return how many pieces were sold lately of those products of which any was."""
    rows = await tx.fetch(sql.sold, list(product_ids))
    return {row["product_id"]: row["pieces"] for row in rows if row["pieces"] > 0}


async def by_sold(
    tx: Tx,
    *,
    text: str | None,
    merchant_id: str | None,
    category_id: str | None,
    after: tuple[int, str] | None,
    limit: int,
) -> list[tuple[int, str]]:
    """Return (pieces sold lately, product id) of live products, the best sold first, the newer first among equals."""
    query = None
    if text is not None and text.strip():
        query = terms.query(text)
        if query is None:
            return []
    pieces, product_id = after if after else (None, None)
    rows = await tx.fetch(
        sql.by_sold, query, merchant_id, category_id, MATCHES_MAX, pieces, product_id, limit
    )
    return [(row["key"], row["product_id"]) for row in rows]
