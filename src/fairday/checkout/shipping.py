"""Place orders with an address of the member's: its copy is written in the same transaction as the order."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.checkout.placing import place as place_orders
from fairday.checkout.types import PlaceOrder, ShipTo
from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx
from fairday.members import service as members
from fairday.orders.types import Order

sql = Queries("fairday.checkout", "shipping.sql")


async def place(tx: Tx, requests: Sequence[PlaceOrder], now: datetime) -> list[Order | Refusal]:
    """Place orders as `placing.place` does; `address_id` gives the region and leaves its copy with the order.

    Refusals: NotFound for an address that is not the member's, then those of `placing.place`.
    """
    wanted = [(one.member_id or "", one.address_id) for one in requests if one.address_id is not None]
    if not wanted:
        return await place_orders(tx, requests, now)
    known = await members.owned_addresses(tx, wanted)
    answers: list[Order | Refusal | None] = [None] * len(requests)
    good: list[int] = []
    asked: list[PlaceOrder] = []
    for number, request in enumerate(requests):
        chosen = request
        if request.address_id is not None:
            address = known.get((request.member_id or "", request.address_id))
            if address is None:
                answers[number] = NotFound(what="address")
                continue
            chosen = msgspec.structs.replace(request, ship_to_region_id=address.region_id)
        good.append(number)
        asked.append(chosen)
    copies: list[tuple[str, str, str, str, str, str, str]] = []
    for number, answer in zip(good, await place_orders(tx, asked, now), strict=True):
        answers[number] = answer
        address_id, member_id = requests[number].address_id, requests[number].member_id or ""
        if address_id is not None and isinstance(answer, Order):
            one = known[member_id, address_id]
            copies.append(
                (answer.order_id, member_id, one.name, one.phone, one.region_id, one.city, one.street)
            )
    if copies:
        await tx.execute(sql.insert_copies, *[list(column) for column in zip(*copies, strict=True)])
    return [answer for answer in answers if answer is not None]


async def ship_to(tx: Tx, order_id: str) -> ShipTo | None:
    """Return the copy of the address that an order was placed with; None when it has none."""
    row = await tx.fetchrow(sql.copy_of_order, order_id)
    return None if row is None else ShipTo(**dict(row))
