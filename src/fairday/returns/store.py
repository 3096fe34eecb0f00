"""Run the queries of returns: one thin typed function each."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx
from fairday.orders import service as orders
from fairday.returns.types import AskReturn, BackLine, ClawBack, GoodsReturn, ReturnReason, ReturnStatus

sql = Queries("fairday.returns")


async def insert(tx: Tx, made: GoodsReturn, part_no: int, ask: AskReturn) -> None:
    """Write a return and its lines."""
    await tx.execute(
        sql.insert_return, made.return_id, made.order_id, part_no, made.merchant_id, made.currency, made.is_handed_over, made.reason,
        made.note, made.refund_minor, made.claw_backs, ask.by, made.requested_at,
    )  # fmt: skip
    numbers = [int(line.line_id.rpartition("_")[2]) for line in made.lines]
    await tx.execute(
        sql.insert_lines, made.return_id, made.order_id, numbers, [line.name for line in made.lines],
        [line.name_en for line in made.lines], [line.quantity for line in made.lines],
        [line.paid_minor for line in made.lines], [line.refund_minor for line in made.lines],
    )  # fmt: skip


async def order_of(tx: Tx, return_id: str) -> str | None:
    """Return the order of a return."""
    order_id: str | None = await tx.fetchval(sql.order_of, return_id)
    return order_id


async def of_order(tx: Tx, order_id: str) -> list[GoodsReturn]:
    """Return an order's returns, the oldest first."""
    return await _read(tx, await tx.fetch(sql.returns_of_order, order_id))


async def page_of_merchant(
    tx: Tx, merchant_id: str, before_id: str, status: ReturnStatus | None, limit: int
) -> list[GoodsReturn]:
    """Return a merchant's returns before an id, the newest first."""
    return await _read(tx, await tx.fetch(sql.page_of_merchant, merchant_id, before_id, status, limit))


async def _read(tx: Tx, rows: Sequence[asyncpg.Record]) -> list[GoodsReturn]:
    lines: dict[str, list[BackLine]] = {}
    order_ids = {row["return_id"]: row["order_id"] for row in rows}
    for row in await tx.fetch(sql.lines_of, list(order_ids)) if rows else []:
        return_id = row["return_id"]
        lines.setdefault(return_id, []).append(
            BackLine(
                orders.line_id(order_ids[return_id], row["line_no"]), row["name"], row["name_en"], row["quantity"],
                row["paid_minor"], row["refund_minor"],
            )
        )  # fmt: skip
    return [
        GoodsReturn(
            row["return_id"], row["order_id"], orders.part_id(row["order_id"], row["part_no"]), row["merchant_id"],
            ReturnStatus(row["status"]), row["is_handed_over"], ReturnReason(row["reason"]), row["note"], row["currency"],
            tuple(lines[row["return_id"]]), msgspec.convert(row["claw_backs"], tuple[ClawBack, ...]), row["refund_minor"],
            row["wallet_minor"], row["cash_minor"], row["requested_at"], row["closed_at"], row["answer"],
        )
        for row in rows
    ]  # fmt: skip


async def refund(tx: Tx, paid: GoodsReturn, offers: Mapping[str, int]) -> bool:
    """Close a return as paid; tell whether it was open."""
    found = await tx.fetchval(
        sql.refund,
        paid.return_id,
        paid.closed_at,
        paid.wallet_minor,
        paid.cash_minor,
        paid.claw_backs,
        offers,
    )
    return found is not None


async def close(tx: Tx, return_id: str, status: ReturnStatus, answer: str | None, now: datetime) -> bool:
    """Close a return without a refund; tell whether it was open."""
    return await tx.fetchval(sql.close, return_id, status, now, answer) is not None
