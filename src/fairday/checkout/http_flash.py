"""Serve the order of a place that was won in a flash sale."""

from fairday.checkout import errors
from fairday.checkout.types import FlashOrderBody, OrderWin
from fairday.flashsales import service as flashsales
from fairday.flashsales.errors import NoWin
from fairday.identity import service as identity
from fairday.identity.errors import PIN_REFUSALS
from fairday.kernel.errors import Busy, NotFound
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Router
from fairday.kernel.idempotency import Answer
from fairday.orders.types import Order
from fairday.places.errors import UnknownRegion

router = Router("checkout")


@router.lane(
    "/flash-sales/{sale_id}/orders",
    who=frozenset({Role.MEMBER}),
    body=FlashOrderBody,
    returns=Order,
    status=201,
    summary="Order what I won",
    takes_pin=True,
    refusals=(
        NotFound,
        NoWin,
        *PIN_REFUSALS,
        errors.BadLines,
        UnknownRegion,
        errors.PriceChanged,
        errors.WalletTooLow,
        Busy,
    ),
    example={"expected_total_minor": 4950},
)
async def order_flash_win(call: Call, body: FlashOrderBody) -> Answer:
    """Pays the piece of a held place from the wallet at the sale's price, which nothing else lowers. After `holds_until` it is refused and
    nothing is charged."""
    who, database, pin = call.principal, call.services.database, call.pin
    if who.needs_pin:
        async with database.transaction(read_only=True) as (tx, _):
            sale = await flashsales.get(tx, call.path["sale_id"])
        await identity.allow_payment(database, who, pin, body.expected_total_minor, sale.currency)
    win = OrderWin(sale_id=call.path["sale_id"], member_id=who.own_member(), body=body)
    answer: Answer = await call.services.lanes["checkout.order_win"].submit(win, call.key)
    return answer
