"""Pay waiting orders from wallets: the order moves first, by a guarded update, so that paying, cancelling and giving
up can never all win. Source: R69, R98, I29."""

from collections.abc import Sequence
from datetime import datetime

from fairday.checkout import rules
from fairday.checkout.errors import PaymentTooLate, WalletTooLow
from fairday.checkout.taking import redemption
from fairday.checkout.types import PayOrder
from fairday.coupons import service as coupons
from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.orders import service as orders
from fairday.orders.errors import OrderNotOpen
from fairday.orders.types import Order, Status
from fairday.stock import service as stock


async def pay(tx: Tx, requests: Sequence[PayOrder], now: datetime) -> list[Order | Refusal]:
    """Pay waiting orders; each gets its order or a refusal, and a refused one stays as it was.

    Refusals: NotFound, OrderNotOpen, PaymentTooLate (also in the moment before it is given up), WalletTooLow, and what
    coupons or the ledger say when another process was faster.
    """
    answers: list[Order | Refusal | None] = [None] * len(requests)
    known = await orders.get_many(tx, sorted({request.order_id for request in requests}))
    waiting: dict[str, int] = {}
    for place, request in enumerate(requests):
        refusal = judge(known.get(request.order_id), request, now)
        if refusal is None and request.order_id in waiting:
            refusal = OrderNotOpen(status=Status.PAID)
        if refusal is None:
            waiting[request.order_id] = place
        else:
            answers[place] = refusal
    poor = await _poor(tx, [known[order_id] for order_id in waiting])
    for order_id, refusal in poor.items():
        answers[waiting.pop(order_id)] = refusal
    while waiting:
        savepoint = tx.transaction()
        await savepoint.start()
        late, paid = await _take(tx, list(waiting), now)
        if not late:
            await savepoint.commit()
            for order_id, place in waiting.items():
                answers[place] = paid.get(order_id) or await _gone(tx, order_id, now)
            break
        # Rare: a wallet or a claim changed since it was read. Take again without those.
        await savepoint.rollback()
        for order_id, refusal in late.items():
            answers[waiting.pop(order_id)] = refusal
    return [answer for answer in answers if answer is not None]


def judge(order: Order | None, request: PayOrder, now: datetime) -> Refusal | None:
    """Judge a payment against the order as it was read."""
    if order is None or order.member_id != request.member_id:
        return NotFound(what="order")
    if order.status is Status.CANCELLED and order.reason == "expired":
        return PaymentTooLate(expires_at=order.expires_at)
    if order.status is not Status.PENDING_PAYMENT:
        return OrderNotOpen(status=order.status)
    if order.expires_at is not None and order.expires_at <= now:
        return PaymentTooLate(expires_at=order.expires_at)
    return None


async def _gone(tx: Tx, order_id: str, now: datetime) -> Refusal:
    """Say why an order that was waiting when it was read could not be moved."""
    order = await orders.get(tx, order_id)
    return judge(order, PayOrder(order_id, order.member_id or ""), now) or OrderNotOpen(status=order.status)


async def _poor(tx: Tx, wanted: Sequence[Order]) -> dict[str, Refusal]:
    """Return a refusal for each order that its wallet does not cover, earlier ones first."""
    left: dict[tuple[str, str], int] = {}
    for currency in sorted({order.currency for order in wanted}):
        wallets = sorted({f"wallet:{order.member_id}" for order in wanted if order.currency == currency})
        for account_id, balance in (await ledger.balances(tx, wallets, currency)).items():
            left[account_id, currency] = balance.posted_minor - balance.held_minor
    refused: dict[str, Refusal] = {}
    for order in wanted:
        wallet = (f"wallet:{order.member_id}", order.currency)
        if order.total_minor > left[wallet]:
            refused[order.order_id] = WalletTooLow(left_minor=left[wallet], needed_minor=order.total_minor)
        else:
            left[wallet] -= order.total_minor
    return refused


async def _take(
    tx: Tx, order_ids: Sequence[str], now: datetime
) -> tuple[dict[str, Refusal], dict[str, Order]]:
    """Move, redeem, keep and post; return late refusals by order, and the orders that moved."""
    moved = await orders.move(tx, order_ids, Status.PENDING_PAYMENT, Status.PAID, now)
    paid = [moved[order_id] for order_id in order_ids if order_id in moved]
    late: dict[str, Refusal] = {}
    amounts = [
        (order, claim_id, minor) for order in paid for claim_id, minor in rules.discounts(order).items()
    ]
    if amounts:
        redeems = [redemption(*one) for one in amounts]
        for (order, _, _), redeemed in zip(amounts, await coupons.redeem(tx, redeems, now), strict=True):
            if isinstance(redeemed, Refusal):
                late[order.order_id] = redeemed
    if late:
        return late, moved
    kept = await stock.keep(tx, [order.order_id for order in paid], now)
    for order, fate in zip(paid, kept, strict=True):
        if isinstance(fate, Refusal):
            late[order.order_id] = PaymentTooLate(expires_at=order.expires_at)
    postings = [
        posting for order in paid if (posting := rules.posting(order, order.wallet_minor, 0)) is not None
    ]
    for posting, posted in zip(postings, await ledger.post(tx, postings, now), strict=True):
        if isinstance(posted, Refusal):
            late[posting.document_id] = rules.as_asked(posted)
    return late, moved
