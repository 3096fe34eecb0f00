"""Sell goods under offers, ask for pieces back, and look at what every book says afterwards."""

from datetime import datetime
from typing import Any

import msgspec

from fairday.app.checks import all_invariants
from fairday.kernel.tx import Tx
from fairday.orders import service as orders
from fairday.orders.types import Order
from fairday.returns import service
from fairday.returns.types import AskReturn, GoodsReturn, ReturnLine, ReturnPreview, ReturnReason
from tests.checkout.city import Shop
from tests.races.test_offers import live

Now = datetime
HOLD = ("I14", "I15", "I16", "I17", "I20", "I21", "I22", "I23", "I25", "I29", "I31")


async def offer(tx: Tx, now: Now, *shops: Shop, budget_minor: int = 10_000_000, **terms: Any) -> str:
    """Make an offer live that only these shops' goods meet."""
    wanted = {
        "name": "满减",
        "lane": "platform",
        "items": {"merchant_ids": [one.merchant_id for one in shops]},
    }
    return await live(tx, now, wanted | terms, budget_minor)


def wished(order: Order, part: int, pieces: dict[int, int], **change: Any) -> AskReturn:
    """Ask for pieces of the part's lines (index in the part to count), as the order's member."""
    found = order.merchant_orders[part]
    fields: dict[str, Any] = {
        "member_id": order.member_id,
        "by": "acc_1",
        "reason": ReturnReason.CHANGED_MIND,
    }
    lines = tuple(
        ReturnLine(line_id=found.lines[index].line_id, quantity=count) for index, count in pieces.items()
    )
    fields |= {"merchant_order_id": found.merchant_order_id, "lines": lines}
    return AskReturn(**(fields | change))


async def returned(tx: Tx, now: Now, ask: AskReturn) -> tuple[ReturnPreview, GoodsReturn]:
    """Preview, ask with what the preview said, and receive the goods where they had left."""
    shown = await service.preview(tx, ask, now)
    made = await service.ask(tx, msgspec.structs.replace(ask, expected_refund_minor=shown.refund_minor), now)
    if not shown.is_immediate:
        made = await service.receive(tx, made.return_id, None, now, is_sellable=True)
    assert made.refund_minor == shown.refund_minor == made.wallet_minor + made.cash_minor
    return shown, made


async def again(tx: Tx, order: Order) -> Order:
    return await orders.get(tx, order.order_id)


async def books_hold(tx: Tx, order: Order) -> None:
    """Check every invariant about money, goods and orders for what this order touched; other tests leave rows of their own."""
    lines = [line for part in order.merchant_orders for line in part.lines]
    ids = {order.order_id, order.order_id[4:], *[line.sku_id for line in lines]}
    ids |= {one.coupon_id for line in lines for one in line.allocations}
    rows = await tx.fetch("SELECT return_id FROM returns.goods_return WHERE order_id = $1", order.order_id)
    ids |= {row["return_id"] for row in rows}
    for invariant in all_invariants():
        if invariant.number in HOLD:
            rows = await tx.fetch(invariant.query)
            ours = [row for row in rows if any(one in str(value) for value in row.values() for one in ids)]
            assert not ours, (invariant.number, invariant.promise, ours[:3])


async def accounts(tx: Tx, order: Order) -> dict[str, int]:
    """Return what the order's sale and returns moved, by account."""
    rows = await tx.fetch(
        "SELECT a.account, sum(a.sign * t.amount_minor)::bigint AS net FROM ledger.transfer t,"
        " LATERAL (VALUES (t.debit_account, -1), (t.credit_account, 1)) AS a (account, sign)"
        " WHERE t.document_id = $1 GROUP BY 1",
        order.order_id,
    )
    return {row["account"]: row["net"] for row in rows if row["net"]}
