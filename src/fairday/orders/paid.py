"""List orders by the instant of their payment: the rows behind a report."""

from datetime import UTC, datetime, timedelta

from fairday.kernel.http import paging
from fairday.kernel.http.routes import Page
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx
from fairday.orders import rules
from fairday.orders.types import Channel, OrderSummary, Status

sql = Queries("fairday.orders", "paid.sql")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


async def list_paid(
    tx: Tx,
    merchant_id: str | None,
    *,
    since: datetime,
    until: datetime,
    channel: str | None,
    store_id: str | None,
    limit: int,
    cursor: str | None,
) -> Page[OrderSummary]:
    """Return orders paid in `[since, until)`, refunded ones too, the newest payment first.

    Of a merchant its parts with their own amounts; with None whole orders.
    """
    after = paging.read(cursor, [int, str])
    before_at = _EPOCH + timedelta(microseconds=max(0, min(after[0], 2**53))) if after else _END_OF_TIME
    before = (before_at, after[1] if after else "")
    arguments = (since, until, channel, store_id, *before, limit + 1)
    rows = await (
        tx.fetch(sql.paid_orders, *arguments)
        if merchant_id is None
        else tx.fetch(sql.paid_parts, *arguments, merchant_id)
    )
    items = [
        OrderSummary(
            row["order_id"],
            None if row["part_no"] is None else rules.part_id(row["order_id"], row["part_no"]),
            Channel(row["channel"]),
            Status(row["status"]),
            row["currency"],
            row["total_minor"],
            row["placed_at"],
            row["member_id"],
            row["store_id"],
        )
        for row in rows[:limit]
    ]
    if len(rows) <= limit:
        return Page(items)
    last = rows[limit - 1]
    return Page(items, paging.make((last["paid_at"] - _EPOCH) // timedelta(microseconds=1), last["order_id"]))
