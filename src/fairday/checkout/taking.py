"""Take what orders need, all of a batch at once: coupons, then goods, then money, in every transaction in this order."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.checkout import rules
from fairday.checkout.pricing import Priced, coupons_channel
from fairday.checkout.types import RESERVATION_TTL, PlaceOrder
from fairday.coupons import service as coupons
from fairday.coupons.service import LockRequest, RedeemRequest
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.ledger.types import Posting
from fairday.orders import service as orders
from fairday.orders.types import Channel, NewOrder, Order, Status
from fairday.promotions import service as promotions
from fairday.stock import service as stock
from fairday.stock.types import MoveRequest, ReserveRequest, StockLine


class Draft(msgspec.Struct, frozen=True, gc=False):
    """Carry one order through the batch: its place in the request, what it was priced from, and the order itself; `number` says which of its
    member's orders it was lowered as, where an offer asked."""

    place: int
    request: PlaceOrder
    priced: Priced
    order: Order
    number: int | None = None


Refused = list[tuple[Draft, Refusal]]


async def write_and_take(
    tx: Tx, drafts: Sequence[Draft], known: coupons.Known | None, now: datetime
) -> Refused:
    """Write the orders and take what they need, or when any is refused do nothing at all and return the refused.

    Orders are written first, while nothing that others wait for is locked. What was covered a moment ago is refused
    only when another process was faster. `known` is what was read of the drafts' claims.
    Raises: RetryTransaction when another transaction sold one of the receipts at this moment.
    """
    if not drafts:
        return []
    savepoint = tx.transaction()
    await savepoint.start()
    await orders.insert(tx, [NewOrder(draft.order, draft.priced.cart) for draft in drafts], now)
    online = [draft for draft in drafts if draft.order.channel is not Channel.IN_STORE]
    wishes = [_wish(draft.order, now) for draft in online]
    await stock.write_reservations(tx, wishes, now)
    payments = _payments(drafts)
    # All that can be worked out is, before the first row that others wait for is locked.
    planned = ledger.plan([posting for _, posting in payments])
    refused = (
        await _take_coupons(tx, drafts, known, now)
        or await _sell_at_tills(tx, drafts, now)
        or _refused(online, await stock.take_reserved(tx, wishes))
        or await _take_offers(tx, drafts)
        or await _hold_numbers(tx, drafts)
        or await _take_money(tx, payments, planned, now)
    )
    await (savepoint.rollback() if refused else savepoint.commit())
    return refused


async def _take_coupons(
    tx: Tx, drafts: Sequence[Draft], known: coupons.Known | None, now: datetime
) -> Refused:
    """Redeem the coupons of paid orders, lock those of waiting ones; return the refused.

    Where a batch has both, all are locked first: one pass over the claims, so that batches cannot deadlock.
    """
    pairs = [
        (draft, (applied.claim_id, applied.amount_minor))
        for draft in drafts
        for applied in draft.priced.quote.discounts
        if applied.claim_id is not None
    ]
    paid = [pair for pair in pairs if pair[0].order.status is not Status.PENDING_PAYMENT]
    if len(paid) < len(pairs):
        locks = [
            LockRequest(
                claim_id=claim_id,
                owner=owner_of(draft.order),
                locked_until=now + RESERVATION_TTL,
                member_id=draft.order.member_id,
            )
            for draft, (claim_id, _) in pairs
        ]
        refused = _refused([draft for draft, _ in pairs], await coupons.lock(tx, locks, now))
        if refused:
            return refused
    if not paid:
        return []
    redeems = [redemption(draft.order, claim_id, amount_minor) for draft, (claim_id, amount_minor) in paid]
    return _refused(
        [draft for draft, _ in paid], await coupons.redeem(tx, redeems, now, known=known, fresh=True)
    )


async def _take_offers(tx: Tx, drafts: Sequence[Draft]) -> Refused:
    """Take what the orders use of offers' budgets; return the refused."""
    with_offers = [draft for draft in drafts if draft.priced.cart.offers]
    if not with_offers:
        return []
    return _refused(
        with_offers, await promotions.take(tx, [rules.offers(draft.order) for draft in with_offers])
    )


async def _hold_numbers(tx: Tx, drafts: Sequence[Draft]) -> Refused:
    """Hold the places of orders that were lowered as their member's nth; return the refused."""
    numbered = [(draft, draft.number) for draft in drafts if draft.number is not None]
    wanted = [
        promotions.Numbered(draft.order.member_id or "", number, draft.order.order_id)
        for draft, number in numbered
    ]
    return _refused([draft for draft, _ in numbered], await promotions.hold_numbers(tx, wanted))


def _refused(drafts: Sequence[Draft], answers: Sequence[object]) -> Refused:
    return [
        (draft, answer) for draft, answer in zip(drafts, answers, strict=True) if isinstance(answer, Refusal)
    ]


def owner_of(order: Order) -> str:
    """Return who sets an order's claims aside: the till that may have done so before, or the order itself."""
    return order.till_id or order.order_id


def redemption(order: Order, claim_id: str, amount_minor: int) -> RedeemRequest:
    """Return the request that uses a claim up for `order`."""
    assert order.member_id is not None, "coupons need a member"
    parts = order.merchant_orders
    return RedeemRequest(
        claim_id=claim_id,
        document_id=order.order_id,
        amount_minor=amount_minor,
        member_id=order.member_id,
        order_id=order.order_id,
        receipt_id=order.receipt_id,
        merchant_id=parts[0].merchant_id if len(parts) == 1 else None,
        store_id=order.store_id,
        till_id=order.till_id,
        clerk_id=order.clerk_id,
        channel=coupons_channel(order.channel),
        owner=owner_of(order),
    )


async def _sell_at_tills(tx: Tx, drafts: Sequence[Draft], now: datetime) -> Refused:
    """Sell tills' goods, which leave at once; return the refused."""
    at_tills = [draft for draft in drafts if draft.order.channel is Channel.IN_STORE]
    sales = [MoveRequest(draft.order.order_id, stock_lines(draft.order)) for draft in at_tills]
    return _refused(at_tills, await stock.sell(tx, sales, now)) if sales else []


def _wish(order: Order, now: datetime) -> ReserveRequest:
    """Return what an online order asks of the shelves: kept at once when it is paid."""
    until = None if order.paid_at is not None else now + RESERVATION_TTL
    return ReserveRequest(order.order_id, stock_lines(order), until)


def stock_lines(order: Order) -> tuple[StockLine, ...]:
    """Return an order's lines as the stock room counts them."""
    return tuple(
        [
            StockLine(line.line_id, line.sku_id, line.store_id, line.quantity)
            for part in order.merchant_orders
            for line in part.lines
        ]
    )


def _payments(drafts: Sequence[Draft]) -> list[tuple[Draft, Posting]]:
    """Return the postings of the paid orders among `drafts`."""
    return [
        (draft, posting)
        for draft in drafts
        if draft.order.paid_at is not None
        and (posting := rules.posting(draft.order, draft.order.wallet_minor, draft.order.cash_minor))
        is not None
    ]


async def _take_money(
    tx: Tx, payments: Sequence[tuple[Draft, Posting]], planned: ledger.Plan, now: datetime
) -> Refused:
    """Post the payments; return the refused."""
    if not payments:
        return []
    answers = await ledger.post_planned(tx, planned, now)
    refused = _refused([draft for draft, _ in payments], answers)
    return [(draft, rules.as_asked(refusal)) for draft, refusal in refused]
