"""Open checkout to everyone else: quote, place, pay, cancel, fulfil, give up what was not paid, and merchants' terms."""

from collections.abc import Sequence
from datetime import datetime

from fairday.checkout import pricing, store, telling
from fairday.checkout.cancelling import cancel
from fairday.checkout.carts import World
from fairday.checkout.paying import pay
from fairday.checkout.placing import place
from fairday.checkout.recording import MERCHANT_PAYS, Booked, FactDiscount, SaleFact, record, weigh
from fairday.checkout.sharing_back import Standing, paid_for, posting_back, standing
from fairday.checkout.types import (
    COMMISSION_BP,
    CancelOrder,
    FulfilPart,
    MerchantTerms,
    QuoteRequest,
    QuoteView,
)
from fairday.checkout.winning import order_win, order_wins
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.orders import service as orders
from fairday.orders.types import Channel, CloseReason, Order
from fairday.stock import service as stock

__all__ = [
    "MERCHANT_PAYS", "Booked", "FactDiscount", "SaleFact", "Standing", "World", "cancel", "fulfil", "give_up_unpaid", "order_win", "order_wins", "paid_for",
    "pay", "place", "posting_back", "quote", "record", "set_terms", "standing", "terms", "weigh",
]  # fmt: skip


async def quote(tx: Tx, requests: Sequence[QuoteRequest], now: datetime) -> list[QuoteView | Refusal]:
    """Price carts without taking anything.

    Refusals: BadLines, WrongCurrency, CouponsNeedMember, CouponTwice, those of coupons and of the price engine.
    """
    world = await pricing.read_world(tx, requests, now)
    priced = await pricing.price_all(tx, requests, world, now)
    sku_ids = sorted({line.sku_id for request in requests for line in request.lines})
    store_ids = sorted({line.store_id for request in requests for line in request.lines})
    levels = await stock.levels(tx, sku_ids, store_ids)
    answers: list[QuoteView | Refusal] = []
    for request, answer in zip(requests, priced, strict=True):
        if isinstance(answer, Refusal):
            answers.append(answer)
            continue
        wanted: dict[tuple[str, str], int] = {}
        for line in request.lines:
            key = (line.sku_id, line.store_id)
            wanted[key] = wanted.get(key, 0) + line.quantity
        in_store = request.channel is Channel.IN_STORE
        enough = {
            key: key in levels and count <= (levels[key].free if in_store else levels[key].free_online)
            for key, count in wanted.items()
        }
        answers.append(
            telling.with_offers(
                QuoteView(
                    answer.quote, tuple([enough[line.sku_id, line.store_id] for line in request.lines])
                ),
                answer.cart,
            )
        )
    return answers


async def fulfil(tx: Tx, request: FulfilPart, now: datetime) -> Order:
    """Note that a merchant's part left the store, and take its goods out of stock in the same transaction.

    Raises: NotFound, AlreadyFulfilled, OrderNotOpen.
    """
    order = await orders.fulfil(tx, request.merchant_order_id, request.merchant_id, now)
    lines = frozenset(
        line.line_id
        for part in order.merchant_orders
        if part.merchant_order_id == request.merchant_order_id
        for line in part.lines
        if line.returned_quantity < line.quantity
    )
    for taken in await stock.take(tx, [order.order_id], now, line_ids=lines):
        # A paid order's goods are kept without an end: a refusal here is a broken book.
        assert not isinstance(taken, Refusal), taken
    return order


async def give_up_unpaid(tx: Tx, now: datetime, limit: int = 500) -> int:
    """Cancel orders whose time to pay is over and free what they kept; return how many."""
    wanted = [
        CancelOrder(order_id, reason=CloseReason.EXPIRED)
        for order_id in await orders.unpaid_past(tx, now, limit)
    ]
    closed = await cancel(tx, wanted, now) if wanted else []
    return sum(not isinstance(one, Refusal) for one in closed)


async def set_terms(tx: Tx, wanted: Sequence[MerchantTerms], now: datetime) -> None:
    """Agree on commissions; they hold for orders placed from now on (an order keeps the shares it was placed with)."""
    await store.set_terms(tx, wanted)


async def terms(tx: Tx, merchant_id: str) -> MerchantTerms:
    """Return what was agreed with a merchant, or the default."""
    return MerchantTerms(merchant_id, (await store.terms(tx, [merchant_id])).get(merchant_id, COMMISSION_BP))
