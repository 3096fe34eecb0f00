"""Book goods that left a shelf before anybody asked: nothing is refused, and what the books lacked is corrected."""

from collections.abc import Sequence
from datetime import datetime

from fairday.kernel.tx import Tx
from fairday.stock import rules, store
from fairday.stock.types import MoveRequest, Reason


async def book_sold(tx: Tx, sales: Sequence[MoveRequest], now: datetime) -> list[int]:
    """Book sales that took place (at a till without network); return how many pieces the books lacked for each.

    The shelf knew better: pieces that the books did not have free are first counted in, then sold, so that no level
    falls below zero (I14), what is reserved stays reserved (I15), and every level is the sum of its movements (I16).
    Each document is booked once; the caller sees to it. Source: R41, R71.
    """
    lines = [(sale.document_id, line) for sale in sales for line in sale.lines]
    needs = rules.needs_of(line for _, line in lines)
    given = await store.take_what_left(tx, needs) if needs else {}
    left = {key: given.get(key, 0) for key in needs}
    short: dict[str, int] = {}
    movements: list[store.MovementRow] = []
    for document_id, line in lines:
        key = (line.sku_id, line.place_id)
        had = min(line.quantity, left[key])
        left[key] -= had
        lacking = line.quantity - had
        if lacking:
            short[document_id] = short.get(document_id, 0) + lacking
            movements.append((document_id, line.line_id, Reason.COUNTED.value, *key, lacking, now))
        movements.append((document_id, line.line_id, Reason.SOLD.value, *key, -line.quantity, now))
    if movements:
        await store.insert_movements(tx, movements)
    return [short.get(sale.document_id, 0) for sale in sales]
