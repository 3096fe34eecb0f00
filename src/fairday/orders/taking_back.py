"""Take pieces of an order back: asked for, given up, done. The order's own counters are the guard against twice. Source: R82, I25.

The caller locks the order first and settles goods, budgets and money in the same transaction.
"""

from collections.abc import Sequence
from datetime import datetime

from fairday.kernel import outbox
from fairday.kernel.tx import Tx
from fairday.orders import store
from fairday.orders.events import Refunded
from fairday.orders.types import Order, ReturnedLine, Status, TakenBack


async def lock(tx: Tx, order_id: str) -> bool:
    """Lock an order until the transaction ends, so that one return at a time is reckoned; tell whether there is one."""
    return await tx.fetchval(store.sql.lock, order_id) is not None


async def ask_back(tx: Tx, order_id: str, pieces: Sequence[tuple[int, int]]) -> None:
    """Count pieces (line number, quantity) as asked back; a negative quantity gives the wish up."""
    numbers, quantities = zip(*pieces, strict=True)
    rows = await tx.fetch(store.sql.ask_pieces_back, order_id, numbers, quantities)
    # Judged under the order's lock a moment ago: less is a broken book, not a customer's mistake.
    assert len(rows) == len(pieces), "more pieces are asked back than the line has left"


async def count_return(tx: Tx, order_id: str) -> None:
    """Note that an order has one return more: it cannot be cancelled whole any more."""
    await tx.execute(store.sql.count_return, order_id)


async def take_back(tx: Tx, order: Order, back: TakenBack, now: datetime) -> Status:
    """Count what a return gives back, end the part and the order with their last pieces, announce; return where the order stands."""
    rows = await tx.fetch(
        store.sql.take_pieces_back,
        back.order_id,
        [line.line_no for line in back.lines],
        [line.quantity for line in back.lines],
        [line.refund_minor for line in back.lines],
    )
    assert len(rows) == len(back.lines), "pieces come back that nobody asked back"
    await tx.execute(store.sql.refund_part, back.order_id, back.part_no, back.refund_minor, back.is_part_back)
    status = await tx.fetchval(store.sql.refund_order, back.order_id, back.refund_minor, now)
    assert status is not None, "money goes back for an order that is not paid"
    await outbox.publish(tx, [_refunded(order, back, now)], now)
    return Status(status)


def _refunded(order: Order, back: TakenBack, now: datetime) -> Refunded:
    part = order.merchant_orders[back.part_no - 1]
    lines: dict[int, ReturnedLine] = {line.line_no: line for line in back.lines}
    assert order.paid_at is not None
    return Refunded(
        order_id=order.order_id, member_id=order.member_id, channel=order.channel, store_id=order.store_id,
        region_id=order.region_id, currency=order.currency, total_minor=order.total_minor,
        refunded_minor=back.refund_minor, placed_at=order.placed_at, paid_at=order.paid_at, refunded_at=now,
        reason="returned", merchant_id=part.merchant_id if len(order.merchant_orders) == 1 else None, return_id=back.return_id,
        lines=[
            (line.sku_id, line.merchant_id, lines[number].quantity, lines[number].refund_minor)
            for line in part.lines
            if (number := int(line.line_id.rpartition("_")[2])) in lines
        ],
    )  # fmt: skip
