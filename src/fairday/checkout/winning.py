"""Order what a member won in a flash sale: the held place, its piece and the money go together or not at all. Source: R44, R49, I17."""

from collections.abc import Sequence
from datetime import datetime

from fairday.checkout.shipping import place
from fairday.checkout.types import OrderWin, PlaceLine, PlaceOrder
from fairday.flashsales import service as flashsales
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.orders.types import Order


async def order_wins(tx: Tx, wins: Sequence[OrderWin], now: datetime) -> list[Order | Refusal]:
    """Order held places, each for itself: a refused one leaves nothing behind. Sale by sale, so that batches wait in one order.

    Refusals: those of `order_win`.
    """
    answers: dict[int, Order | Refusal] = {}
    for number in sorted(range(len(wins)), key=lambda one: wins[one].sale_id):
        savepoint = tx.transaction()
        await savepoint.start()
        try:
            answers[number] = await order_win(tx, wins[number], now)
        except Refusal as refusal:
            await savepoint.rollback()
            answers[number] = refusal
        else:
            await savepoint.commit()
    return [answers[number] for number in range(len(wins))]


async def order_win(tx: Tx, win: OrderWin, now: datetime) -> Order:
    """Order and pay the piece of a held place; a place that lapsed in the meantime is refused and nothing is charged.

    The sale's price stands alone: neither coupons nor offers lower it.
    Raises: NotFound, NoWin; those of `placing.place`.
    """
    sale = await flashsales.lock(tx, win.sale_id)
    line = PlaceLine(sale.sku_id, 1, sale.store_id, sale.price_minor)
    won = await flashsales.free_piece(tx, sale, win.member_id, now)
    request = PlaceOrder(
        lines=(line,),
        currency=sale.currency,
        member_id=win.member_id,
        expected_total_minor=win.body.expected_total_minor,
        pay_with="wallet",
        ship_to_region_id=win.body.ship_to_region_id,
        address_id=win.body.address_id,
        is_flash=True,
    )
    (answer,) = await place(tx, [request], now)
    if isinstance(answer, Refusal):
        raise answer
    await flashsales.take_win(tx, sale, won, answer.order_id, now)
    return answer
