"""Read and write orders: one thin function a query; new rows go in by COPY, the cheapest way in."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

import asyncpg
import msgspec

from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx
from fairday.orders.types import NewOrder, Order, ReceiptKey, RecentOrder, SalesRow, Status

sql = Queries("fairday.orders")
_PURCHASE = (
    "order_id", "owner_id", "member_id", "channel", "status", "currency", "gross_minor", "discount_minor", "total_minor",
    "wallet_minor", "cash_minor", "region_id", "store_id", "till_id", "clerk_id", "receipt_id", "claim_ids", "placed_at",
    "expires_at", "paid_at", "trace", "part_count", "fulfilled_count",
)  # fmt: skip
_PART = (
    "order_id", "part_no", "merchant_id", "status", "fulfilment", "gross_minor", "net_minor", "merchant_funded_minor",
    "platform_funded_minor", "brand_funded_minor", "commission_minor", "payable_minor", "placed_at",
)  # fmt: skip
_LINE = (
    "order_id", "line_no", "part_no", "sku_id", "name", "merchant_id", "store_id", "quantity", "unit_minor",
    "gross_minor", "net_minor", "allocations", "name_en",
)  # fmt: skip


async def insert(tx: Tx, new: Sequence[NewOrder]) -> None:
    """Copy orders, parts and lines in; line and part numbers are read from their ids' ends."""
    purchases: list[tuple[Any, ...]] = []
    parts: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    for one in new:
        order = one.order
        order_id, status = order.order_id, order.status
        count = len(order.merchant_orders)
        purchases.append(
            (
                order_id, order.owner_id, order.member_id, order.channel, status, order.currency, order.gross_minor,
                order.discount_minor, order.total_minor, order.wallet_minor, order.cash_minor, order.region_id,
                order.store_id, order.till_id, order.clerk_id, order.receipt_id, order.claim_ids, order.placed_at,
                order.expires_at, order.paid_at, one.trace, count, count if status is Status.FULFILLED else 0,
            )
        )  # fmt: skip
        for part_no, part in enumerate(order.merchant_orders, 1):
            merchant_id = part.merchant_id
            parts.append(
                (
                    order_id, part_no, merchant_id, part.status, part.fulfilment, part.gross_minor, part.net_minor,
                    part.merchant_funded_minor, part.platform_funded_minor, part.brand_funded_minor, part.commission_minor,
                    part.payable_minor, order.placed_at,
                )
            )  # fmt: skip
            for line in part.lines:
                lines.append(
                    (
                        order_id, int(line.line_id.rpartition("_")[2]), part_no, line.sku_id, line.name, merchant_id,
                        line.store_id, line.quantity, line.unit_minor, line.gross_minor, line.net_minor,
                        line.allocations, line.name_en,
                    )
                )  # fmt: skip
    await _copy(tx, "purchase", _PURCHASE, purchases)
    await _copy(tx, "merchant_order", _PART, parts)
    await _copy(tx, "line", _LINE, lines)


async def _copy(tx: Tx, table: str, columns: Sequence[str], records: Iterable[tuple[Any, ...]]) -> None:
    await tx.copy_records_to_table(table, schema_name="orders", columns=columns, records=records)


async def read(
    tx: Tx, order_ids: Sequence[str]
) -> tuple[list[asyncpg.Record], list[asyncpg.Record], list[asyncpg.Record]]:
    """Return the rows of orders, of their parts and of their lines."""
    wanted = list(order_ids)
    return (
        await tx.fetch(sql.order_rows, wanted),
        await tx.fetch(sql.part_rows, wanted),
        await tx.fetch(sql.line_rows, wanted),
    )


async def trace(tx: Tx, order_id: str) -> asyncpg.Record | None:
    """Return owner, total and trace of an order."""
    return await tx.fetchrow(sql.trace, order_id)


async def member_page(tx: Tx, owner_id: str, before: str, limit: int) -> list[asyncpg.Record]:
    """Return rows of an owner's orders below `before`, the newest first."""
    return await tx.fetch(sql.member_page, owner_id, before, limit)


async def merchant_page(
    tx: Tx, merchant_id: str, before_at: datetime, before_id: str, limit: int
) -> list[asyncpg.Record]:
    """Return rows of a merchant's parts before an instant and id, the newest first."""
    return await tx.fetch(sql.merchant_page, merchant_id, before_at, before_id, limit)


async def receipts(tx: Tx, keys: Sequence[ReceiptKey]) -> dict[ReceiptKey, str]:
    """Return the order ids of the receipts that were sold already."""
    rows = await tx.fetch(sql.receipts, [key.till_id for key in keys], [key.receipt_id for key in keys])
    return {ReceiptKey(row["till_id"], row["receipt_id"]): row["order_id"] for row in rows}


async def insert_receipts(tx: Tx, orders: Sequence[Order]) -> int:
    """Store the receipts of till sales and return how many were new."""
    rows = await tx.fetch(
        sql.insert_receipts,
        [order.till_id for order in orders],
        [order.receipt_id for order in orders],
        [order.order_id for order in orders],
    )
    return len(rows)


async def move(
    tx: Tx, order_ids: Sequence[str], to: Status, reasons: Sequence[str | None], now: datetime
) -> set[str]:
    """Move orders by the guarded statement of `to`, keys sorted, and return those that moved."""
    pairs = sorted(zip(order_ids, reasons, strict=True))
    ids = [order_id for order_id, _ in pairs]
    if to is Status.PAID:
        rows = await tx.fetch(sql.move_to_paid, ids, now)
    else:
        query = sql.move_to_cancelled if to is Status.CANCELLED else sql.move_to_refunded
        rows = await tx.fetch(query, ids, now, [reason for _, reason in pairs])
    moved = sorted(row["order_id"] for row in rows)
    if moved:
        await tx.execute(sql.move_parts, moved, to)
        if to is Status.REFUNDED:
            await tx.execute(sql.take_all_back, moved)
    return set(moved)


async def fulfil_part(tx: Tx, order_id: str, part_no: int, now: datetime) -> str | None:
    """Count a part as fulfilled and return the order's status, or None when the order or the part is not paid."""
    status = await tx.fetchval(sql.count_fulfilled, order_id)
    if status is None or await tx.fetchval(sql.fulfil_part, order_id, part_no, now) is None:
        return None
    return cast(str, status)


async def unpaid_past(tx: Tx, now: datetime, limit: int) -> list[str]:
    """Return ids of orders whose time to pay is over, the oldest first."""
    return [row["order_id"] for row in await tx.fetch(sql.unpaid_past, now, limit)]


async def sales(
    tx: Tx, merchant_id: str, starts_at: datetime, ends_at: datetime, zone: str
) -> list[SalesRow]:
    """Return a merchant's sales per day, store and channel."""
    rows = await tx.fetch(sql.sales, merchant_id, starts_at, ends_at, zone)
    return [msgspec.convert(dict(row), SalesRow) for row in rows]


async def recent(tx: Tx, currency: str, merchant_id: str | None, limit: int) -> list[RecentOrder]:
    """Return what was in the last paid orders, the newest first."""
    return [
        RecentOrder(
            row["order_id"], row["channel"], row["store_id"], row["region_id"],
            tuple(zip(row["sku_ids"], row["quantities"], strict=True)), row["order_count"],
        )
        for row in await tx.fetch(sql.recent, currency, merchant_id, limit)
    ]  # fmt: skip


async def counts_of(tx: Tx, member_ids: Sequence[str]) -> dict[str, int]:
    """Return how many orders of each member stand."""
    return {row["owner_id"]: row["count"] for row in await tx.fetch(sql.counts_of, member_ids)}
