"""Cancel orders: give back exactly what was taken, by the stored shares, never by today's rules. Source: R80-R86."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fairday.checkout import rules
from fairday.checkout.errors import HasReturns, NotCancellable
from fairday.checkout.taking import stock_lines
from fairday.checkout.types import CancelOrder
from fairday.coupons import service as coupons
from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.ledger.types import Reversal
from fairday.orders import service as orders
from fairday.orders.types import Channel, CloseReason, Order, Status
from fairday.promotions import service as promotions
from fairday.stock import service as stock
from fairday.stock.types import MoveRequest


async def cancel(tx: Tx, requests: Sequence[CancelOrder], now: datetime) -> list[Order | Refusal]:
    """Cancel orders that wait for payment, or undo paid ones whose goods have not left.

    A till's sale is undone by its own till only, goods and cash back over the counter. Refusals: NotFound, NotCancellable, HasReturns.
    """
    answers: list[Order | Refusal | None] = [None] * len(requests)
    known = await orders.get_many(tx, sorted({request.order_id for request in requests}))
    chosen: dict[str, int] = {}
    for place, request in enumerate(requests):
        order = known.get(request.order_id)
        refusal = judge(order, request, now)
        if refusal is None and request.order_id in chosen:
            refusal = NotCancellable(status=Status.CANCELLED)
        if refusal is None:
            chosen[request.order_id] = place
        else:
            answers[place] = refusal
    reasons = {order_id: requests[place].reason for order_id, place in chosen.items()}
    unpaid = [order_id for order_id in chosen if known[order_id].status is Status.PENDING_PAYMENT]
    paid = [order_id for order_id in chosen if known[order_id].status is not Status.PENDING_PAYMENT]
    done = await orders.move(tx, unpaid, Status.PENDING_PAYMENT, Status.CANCELLED, now, reasons=reasons)
    undone = await orders.move(tx, paid, Status.PAID, Status.REFUNDED, now, reasons=reasons)
    await _give_back(tx, done, undone, now)
    done |= undone
    for order_id, place in chosen.items():
        answers[place] = done.get(order_id) or await _gone(tx, order_id)
    return [answer for answer in answers if answer is not None]


async def _gone(tx: Tx, order_id: str) -> Refusal:
    """Say why an order could not be moved: it was paid, cancelled, handed over or returned in the moment since it was read."""
    order = await orders.get(tx, order_id)
    return HasReturns() if order.returns_count else NotCancellable(status=order.status)


def judge(order: Order | None, request: CancelOrder, now: datetime) -> Refusal | None:
    """Judge a cancellation against the order as it was read."""
    if order is None or not _is_theirs(order, request):
        return NotFound(what="order")
    if request.reason is CloseReason.EXPIRED:
        is_over = order.expires_at is not None and order.expires_at <= now
        is_open = order.status is Status.PENDING_PAYMENT and is_over
        return None if is_open else NotCancellable(status=order.status)
    if order.channel is Channel.IN_STORE:
        by_staff = request.reason in (CloseReason.TILL, CloseReason.OPERATOR)
        is_open = by_staff and order.status is Status.FULFILLED
        return None if is_open else NotCancellable(status=order.status)
    if order.returns_count and order.status is Status.PAID:
        return HasReturns()
    has_left = any(part.status is Status.FULFILLED for part in order.merchant_orders)
    if order.status not in (Status.PENDING_PAYMENT, Status.PAID) or has_left:
        return NotCancellable(status=order.status)
    return None


def _is_theirs(order: Order, request: CancelOrder) -> bool:
    is_member = request.member_id in (None, order.member_id)
    return is_member and request.till_id in (None, order.till_id)


async def _give_back(tx: Tx, closed: Mapping[str, Order], undone: Mapping[str, Order], now: datetime) -> None:
    """Free what unpaid orders kept, and give back what paid ones took: coupons by their policy (R85), goods, offers' budgets, and every
    transfer backwards (R89). Coupons, goods, offers, money: the order in which placing takes them, each in one pass."""
    if closed:
        await coupons.release(tx, sorted(closed), now)
    with_coupons = sorted([order_id for order_id, order in undone.items() if order.claim_ids])
    if with_coupons:
        await coupons.give_back(tx, with_coupons, now)
    shipped = sorted([order_id for order_id, order in undone.items() if order.channel is Channel.ONLINE])
    reserved = sorted([*closed, *shipped])
    if reserved:
        for order_id, freed in zip(reserved, await stock.release(tx, reserved, now), strict=True):
            # A paid order's goods are kept without an end: a refusal here is a broken book.
            assert order_id in closed or not isinstance(freed, Refusal), freed
    handed_over = [undone[one] for one in sorted(undone) if undone[one].channel is Channel.IN_STORE]
    if handed_over:
        await stock.put_back(
            tx, [MoveRequest(order.order_id, stock_lines(order)) for order in handed_over], now
        )
    await promotions.give_back(tx, [rules.offers(order) for order in (*closed.values(), *undone.values())])
    await promotions.free_numbers(tx, sorted([*closed, *undone]))
    reversals = [
        Reversal(rules.refund_id(order_id), rules.sale_id(order_id), order_id)
        for order_id in sorted(undone)
        if rules.posting(undone[order_id], undone[order_id].wallet_minor, undone[order_id].cash_minor)
        is not None
    ]
    for posted in await ledger.reverse(tx, reversals, now) if reversals else []:
        # Only a wallet can be too low, and here wallets are paid: a refusal is a broken book, not a customer's mistake.
        assert not isinstance(posted, Refusal), posted
