"""Keep orders for those who make and read them: insert, get, list, move, fulfil, report.

Checkout makes, pays and cancels orders through these verbs; it settles goods, coupons and money in the same transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from fairday.kernel import outbox
from fairday.kernel.errors import NotFound
from fairday.kernel.events import Event
from fairday.kernel.http import paging
from fairday.kernel.http.routes import Page
from fairday.kernel.tx import RetryTransaction, Tx
from fairday.orders import rules, store
from fairday.orders.errors import AlreadyFulfilled, OrderNotOpen
from fairday.orders.events import Cancelled, Fulfilled, Paid, Placed, Refunded
from fairday.orders.paid import list_paid
from fairday.orders.rules import line_id, own_part, part_id, read_part_id
from fairday.orders.taking_back import ask_back, count_return, lock, take_back
from fairday.orders.types import (
    Channel,
    CloseReason,
    Fulfilment,
    Line,
    LineAllocation,
    MerchantOrder,
    NewOrder,
    Order,
    OrderSummary,
    ReceiptKey,
    RecentOrder,
    SalesQuery,
    SalesReport,
    Status,
    Trace,
)

__all__ = [
    "ask_back", "by_receipts", "count_return", "fulfil", "get", "get_many", "insert", "line_id", "list_for_member", "list_for_merchant",
    "list_paid", "lock", "move", "own_part", "part_id", "read_part_id", "recent", "sales", "standing_counts", "take_back", "trace", "unpaid_past",
]  # fmt: skip

_LAST_ID = "ord_~"
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


async def insert(tx: Tx, new: Sequence[NewOrder], now: datetime) -> None:
    """Insert orders and announce them: `Placed` for those that wait for payment, `Paid` for those paid at once.

    Raises: RetryTransaction when another transaction sold one of the receipts first (R35).
    """
    if not new:
        return
    assert all(one.order.status in rules.FIRST for one in new)
    at_tills = [one.order for one in new if one.order.receipt_id is not None]
    if at_tills and await store.insert_receipts(tx, at_tills) != len(at_tills):
        raise RetryTransaction
    await store.insert(tx, new)
    await outbox.publish(
        tx,
        [
            _placed(one.order) if one.order.status is Status.PENDING_PAYMENT else _paid(one.order)
            for one in new
        ],
        now,
    )


async def get(tx: Tx, order_id: str) -> Order:
    """Return one order with its parts and lines.

    Raises: NotFound.
    """
    order = (await get_many(tx, [order_id])).get(order_id)
    if order is None:
        raise NotFound(what="order")
    return order


async def get_many(tx: Tx, order_ids: Sequence[str]) -> dict[str, Order]:
    """Return those of `order_ids` that exist, with parts and lines."""
    if not order_ids:
        return {}
    orders, parts, lines = await store.read(tx, order_ids)
    lines_of: dict[tuple[str, int], list[Line]] = {}
    for row in lines:
        lines_of.setdefault((row["order_id"], row["part_no"]), []).append(
            Line(
                rules.line_id(row["order_id"], row["line_no"]), row["sku_id"], row["name"], row["merchant_id"],
                row["store_id"], row["quantity"], row["unit_minor"], row["gross_minor"], row["net_minor"],
                msgspec.convert(row["allocations"], tuple[LineAllocation, ...]), row["name_en"],
                row["returned_quantity"], row["asked_back_quantity"],
            )
        )  # fmt: skip
    parts_of: dict[str, list[MerchantOrder]] = {}
    for row in parts:
        order_id, part_no = row["order_id"], row["part_no"]
        parts_of.setdefault(order_id, []).append(
            MerchantOrder(
                rules.part_id(order_id, part_no), order_id, row["merchant_id"], Status(row["status"]),
                Fulfilment(row["fulfilment"]), row["gross_minor"], row["net_minor"], row["merchant_funded_minor"],
                row["platform_funded_minor"], row["brand_funded_minor"], row["commission_minor"], row["payable_minor"],
                tuple(lines_of.get((order_id, part_no), ())), row["fulfilled_at"], row["refunded_minor"],
            )
        )  # fmt: skip
    return {
        row["order_id"]: Order(
            row["order_id"], row["member_id"], Channel(row["channel"]), Status(row["status"]), row["currency"],
            row["gross_minor"], row["discount_minor"], row["total_minor"], row["wallet_minor"], row["cash_minor"],
            row["region_id"], row["store_id"], row["till_id"], row["clerk_id"], row["receipt_id"],
            tuple(row["claim_ids"]), row["placed_at"], row["expires_at"], row["paid_at"], row["closed_at"],
            CloseReason(row["reason"]) if row["reason"] else None, tuple(parts_of.get(row["order_id"], ())),
            refunded_minor=row["refunded_minor"], returns_count=row["returns_count"],
        )
        for row in orders
    }  # fmt: skip


async def recent(tx: Tx, currency: str, merchant_id: str | None, limit: int) -> list[RecentOrder]:
    """Return what was in the last paid orders, the newest first; with a merchant, in those that it has a part of."""
    return await store.recent(tx, currency, merchant_id, limit)


async def standing_counts(tx: Tx, member_ids: Sequence[str]) -> dict[str, int]:
    """Return how many paid orders of each member stand; those without any are left out."""
    return await store.counts_of(tx, member_ids) if member_ids else {}


async def by_receipts(tx: Tx, keys: Sequence[ReceiptKey]) -> dict[ReceiptKey, str]:
    """Return the order ids of the receipts that were sold already. Source: R35."""
    return await store.receipts(tx, keys) if keys else {}


async def trace(tx: Tx, order_id: str) -> Trace:
    """Return what an order was priced from. Raises: NotFound. Source: R2."""
    row = await store.trace(tx, order_id)
    if row is None:
        raise NotFound(what="order")
    return Trace(order_id, row["total_minor"], row["trace"])


async def list_for_member(tx: Tx, owner_id: str, *, limit: int, cursor: str | None) -> Page[OrderSummary]:
    """Return a page of a member's (or, for walk-ins, a store's) orders, the newest first."""
    after = paging.read(cursor, [str])
    rows = await store.member_page(tx, owner_id, after[0] if after else _LAST_ID, limit + 1)
    items = [msgspec.convert(dict(row), OrderSummary) for row in rows[:limit]]
    return Page(items, paging.make(items[-1].order_id) if len(rows) > limit else None)


async def list_for_merchant(
    tx: Tx, merchant_id: str, *, limit: int, cursor: str | None
) -> Page[OrderSummary]:
    """Return a page of a merchant's parts with their own amounts, the newest first."""
    after = paging.read(cursor, [str, str])
    before_at, before_id = _instant(after[0]) if after else _END_OF_TIME, after[1] if after else _LAST_ID
    rows = await store.merchant_page(tx, merchant_id, before_at, before_id, limit + 1)
    items = [
        OrderSummary(
            row["order_id"], rules.part_id(row["order_id"], row["part_no"]), Channel(row["channel"]),
            Status(row["status"]), row["currency"], row["total_minor"], row["placed_at"], row["member_id"], row["store_id"],
        )
        for row in rows[:limit]
    ]  # fmt: skip
    last = items[-1] if len(rows) > limit else None
    return Page(items, paging.make(last.placed_at.isoformat(), last.order_id) if last else None)


def _instant(text: str) -> datetime:
    """Read the instant of a cursor; one that was tampered with ends the list."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


async def move(
    tx: Tx,
    order_ids: Sequence[str],
    from_: Status,
    to: Status,
    now: datetime,
    *,
    reasons: Mapping[str, CloseReason] | None = None,
) -> dict[str, Order]:
    """Move orders by a guarded update, announce it, and return those that moved, as they are now.

    An order that is missing from the answer was not in `from_` any more (or its time to pay was over): nothing was
    done to it. Cancelled and refunded need a reason each.
    """
    assert to in rules.TRANSITIONS[from_], f"{from_} -> {to} is no transition"
    wanted = list(dict.fromkeys(order_ids))
    if not wanted:
        return {}
    moved_ids = await store.move(tx, wanted, to, [reasons[one] if reasons else None for one in wanted], now)
    moved = await get_many(tx, sorted(moved_ids))
    events: list[Event] = []
    for order_id in wanted:
        if order_id in moved:
            order = moved[order_id]
            events.append(
                _paid(order)
                if to is Status.PAID
                else (_cancelled(order) if to is Status.CANCELLED else _refunded(order))
            )
    await outbox.publish(tx, events, now)
    return moved


async def fulfil(tx: Tx, merchant_order_id: str, merchant_id: str | None, now: datetime) -> Order:
    """Note that a merchant handed over or sent its part; `merchant_id` None may touch every merchant's.

    Raises: NotFound, AlreadyFulfilled, OrderNotOpen. The caller takes the part's lines from stock in the same transaction.
    """
    order_id, part_no = rules.read_part_id(merchant_order_id)
    order = (await get_many(tx, [order_id])).get(order_id)
    if order is None or part_no > len(order.merchant_orders) or part_no < 1:
        raise NotFound(what="merchant order")
    part = order.merchant_orders[part_no - 1]
    if merchant_id is not None and part.merchant_id != merchant_id:
        raise NotFound(what="merchant order")
    if part.status is Status.FULFILLED:
        raise AlreadyFulfilled(merchant_order_id=merchant_order_id)
    if await store.fulfil_part(tx, order_id, part_no, now) is None:
        raise OrderNotOpen(status=part.status)
    await outbox.publish(
        tx,
        [
            Fulfilled(
                order_id=order_id,
                merchant_order_id=merchant_order_id,
                member_id=order.member_id,
                merchant_id=part.merchant_id,
                fulfilment=part.fulfilment,
                fulfilled_at=now,
            )
        ],
        now,
    )
    return await get(tx, order_id)


async def unpaid_past(tx: Tx, now: datetime, limit: int = 500) -> list[str]:
    """Return ids of orders whose time to pay is over, the oldest first."""
    return await store.unpaid_past(tx, now, limit)


async def sales(tx: Tx, merchant_id: str, query: SalesQuery) -> SalesReport:
    """Return a merchant's sales by day, store and channel.

    Raises: BadDays.
    """
    starts_at, ends_at = rules.days(query)
    rows = await store.sales(tx, merchant_id, starts_at, ends_at, query.time_zone)
    return SalesReport(merchant_id, query.from_day, query.to_day, query.time_zone, rows)


def _only_merchant(order: Order) -> str | None:
    return order.merchant_orders[0].merchant_id if len(order.merchant_orders) == 1 else None


def _event_lines(order: Order) -> list[tuple[str, str, int, int]]:
    return [
        (line.sku_id, line.merchant_id, line.quantity, line.net_minor)
        for part in order.merchant_orders
        for line in part.lines
    ]


def _placed(order: Order) -> Placed:
    return Placed(
        order_id=order.order_id, member_id=order.member_id, channel=order.channel, store_id=order.store_id,
        region_id=order.region_id, currency=order.currency, total_minor=order.total_minor,
        placed_at=order.placed_at, expires_at=order.expires_at, merchant_id=_only_merchant(order),
    )  # fmt: skip


def _paid(order: Order) -> Paid:
    assert order.paid_at is not None
    return Paid(
        order_id=order.order_id, member_id=order.member_id, channel=order.channel, store_id=order.store_id,
        region_id=order.region_id, currency=order.currency, total_minor=order.total_minor,
        placed_at=order.placed_at, paid_at=order.paid_at, merchant_id=_only_merchant(order), lines=_event_lines(order),
    )  # fmt: skip


def _cancelled(order: Order) -> Cancelled:
    assert order.closed_at is not None
    assert order.reason is not None
    return Cancelled(
        order_id=order.order_id, member_id=order.member_id, channel=order.channel, store_id=order.store_id,
        region_id=order.region_id, currency=order.currency, total_minor=order.total_minor, placed_at=order.placed_at,
        cancelled_at=order.closed_at, reason=order.reason, merchant_id=_only_merchant(order),
    )  # fmt: skip


def _refunded(order: Order) -> Refunded:
    assert order.closed_at is not None
    assert order.paid_at is not None
    assert order.reason is not None
    return Refunded(
        order_id=order.order_id, member_id=order.member_id, channel=order.channel, store_id=order.store_id,
        region_id=order.region_id, currency=order.currency, total_minor=order.total_minor,
        refunded_minor=order.total_minor, return_id=None, placed_at=order.placed_at, paid_at=order.paid_at,
        refunded_at=order.closed_at, reason=order.reason, merchant_id=_only_merchant(order), lines=_event_lines(order),
    )  # fmt: skip
