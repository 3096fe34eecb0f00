"""Find what a lowered price may be struck through from: the lowest price of the last 30 days.

Guarantee: a price is only struck through when the goods were sold at it, or for more, at every instant of the last 30 days before
the present price. A price raised before a festival, a merchant's own "compare at" and last week's cheaper phase strike nothing
through. Source: F06, Directive 98/6/EC Art. 6a.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from fairday.catalog.service import REFERENCE_TIME
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx

sql = Queries("fairday.catalog", "references.sql")

Windows = Sequence[tuple[str, datetime, datetime]]


async def struck(
    tx: Tx,
    now_minor: Mapping[str, int],
    windows_since: Callable[[Tx, datetime, datetime], Awaitable[Windows]],
    now: datetime,
) -> dict[str, int]:
    """Return the reference prices of SKUs that a phase lowers, from what each costs now; those that none is above are left out."""
    since = now - REFERENCE_TIME
    windows = await windows_since(tx, since, now)
    ids, starts, ends = ([one[place] for one in windows] for place in range(3))
    rows = await tx.fetch(sql.lowest_before, list(now_minor), since, now, ids, starts, ends)
    return {
        row["sku_id"]: row["lowest_minor"]
        for row in rows
        if row["lowest_minor"] is not None and row["lowest_minor"] > now_minor[row["sku_id"]]
    }
