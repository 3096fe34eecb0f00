"""Open sales, let holds lapse to the next in line, take a win, stop and close: every step under the sale's row. Source: R49, I17, I18."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from fairday.catalog import service as catalog
from fairday.flashsales import log, rules, store
from fairday.flashsales.errors import BadFlashSale, NoWin
from fairday.flashsales.events import Lapsed, Promoted
from fairday.flashsales.rules import SaleRow
from fairday.flashsales.types import FlashSaleBody, FlashStatus
from fairday.kernel import outbox
from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.events import Event
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.members import service as members
from fairday.places import service as places
from fairday.stock import service as stock
from fairday.stock.types import ReserveRequest, StockLine

BATCH = 100
"""Sales that one pass of a job looks at."""


async def create(tx: Tx, body: FlashSaleBody, merchant_id: str | None, by: str, now: datetime) -> SaleRow:
    """Open a sale and set its goods aside at once; `merchant_id` None may open any merchant's.

    Raises: BadFlashSale; OutOfStock when the store has not so many free.
    """
    sku = (await catalog.skus(tx, [body.sku_id])).get(body.sku_id)
    errors = rules.errors_of(body, sku, await places.stores(tx, [body.store_id]), merchant_id, now)
    if errors or sku is None:
        raise BadFlashSale(errors=errors)
    row = SaleRow(
        new_id("fls"), sku.merchant_id, sku.sku_id, body.store_id, body.name, body.name_en, sku.currency, sku.price_minor,
        body.price_minor, body.places, body.waitlist_max, body.hold_s, body.starts_at, body.ends_at, FlashStatus.LIVE, by, now,
        secrets.token_bytes(32), 0, 0, 0, 0, 0, log.GENESIS, now,
    )  # fmt: skip
    await store.insert_sale(tx, row)
    line = StockLine(row.sale_id, row.sku_id, row.store_id, row.places)
    (reserved,) = await stock.reserve(tx, [ReserveRequest(row.sale_id, (line,))], now)
    if isinstance(reserved, Refusal):
        raise reserved
    opening = {
        "kind": "opened", "sale_id": row.sale_id, "sku_id": row.sku_id, "places": row.places, "waitlist_max": row.waitlist_max,
        "currency": row.currency, "price_minor": row.price_minor, "hold_s": row.hold_s, "starts_at": row.starts_at,
        "ends_at": row.ends_at,
    }  # fmt: skip
    await _write(tx, row, [opening], now)
    return (await store.sales(tx, [row.sale_id]))[row.sale_id]


async def lock(tx: Tx, sale_id: str) -> SaleRow:
    """Return a sale locked until the transaction ends. Raises: NotFound."""
    sale = (await store.sales(tx, [sale_id], lock=True)).get(sale_id)
    if sale is None:
        raise NotFound(what="flash sale")
    return sale


async def free_piece(tx: Tx, sale: SaleRow, member_id: str, now: datetime) -> int:
    """Free the piece that is set aside for a member's held place, for the order that the caller makes in this transaction; return the place.

    `sale` is locked. A hold that the log has outlived is not paid any more. Raises: NoWin.
    """
    entry = await entry_of(tx, sale.sale_id, member_id)
    if entry is None or entry.member_id != member_id:
        raise NoWin(state="none")
    is_held = entry.holds_until is not None and entry.holds_until > max(now, sale.log_at)
    if sale.status is not FlashStatus.LIVE or not is_held:
        raise NoWin(state=entry.state)
    await stock.drop(tx, sale.sale_id, {sale.sale_id: 1}, now)
    return entry.place


async def entry_of(tx: Tx, sale_id: str, member_id: str) -> store.EntryRow | None:
    """Return the place of the natural person that a member is."""
    person_id = (await members.person_ids(tx, [member_id])).get(member_id)
    return None if person_id is None else await store.entry_of_person(tx, sale_id, person_id)


async def take_win(tx: Tx, sale: SaleRow, place: int, order_id: str, now: datetime) -> None:
    """Turn a held place into an ordered one; `free_piece` came before in this transaction."""
    is_taken = await store.order_place(tx, sale.sale_id, place, order_id, max(now, sale.log_at))
    assert is_taken, "the place was held under the sale's lock"
    await _write(tx, sale, [{"kind": "ordered", "place": place}], now, ordered=1)


async def lapse(tx: Tx, now: datetime) -> int:
    """End holds past their time and give their places to the first who wait, in order; return how many holds ended. Source: R49."""
    ended = 0
    sales = await store.sales(tx, await store.due_sales(tx, now, BATCH), lock=True)
    for sale in sales.values():
        at = max(now, sale.log_at)
        lapsed = await store.lapse(tx, sale.sale_id, at)
        free = sale.places - sale.won_count + len(lapsed)
        until = at + timedelta(seconds=sale.hold_s)
        promoted = await store.promote(tx, sale.sale_id, free, until) if at < sale.ends_at else []
        lines = [{"kind": "lapsed", "place": place} for place, _ in lapsed]
        lines += [{"kind": "promoted", "place": place, "until": until} for place, _ in promoted]
        # After the end nobody moves up any more: who waits has missed it.
        missed = await store.miss(tx, sale.sale_id) if at >= sale.ends_at and sale.waiting_count else 0
        if lines:
            await _write(
                tx, sale, lines, now, won=len(promoted) - len(lapsed), waiting=-len(promoted) - missed
            )
            await outbox.publish(tx, _told(sale, lapsed, promoted, until), now)
        ended += len(lapsed)
    return ended


def _told(
    sale: SaleRow, lapsed: Sequence[tuple[int, str]], promoted: Sequence[tuple[int, str]], until: datetime
) -> list[Event]:
    where: dict[str, Any] = {"sale_id": sale.sale_id, "merchant_id": sale.merchant_id}
    events: list[Event] = [Lapsed(**where, member_id=member, place=place) for place, member in lapsed]
    events += [
        Promoted(**where, member_id=member, place=place, holds_until=until) for place, member in promoted
    ]
    return events


async def close_ended(tx: Tx, now: datetime) -> int:
    """Close sales that are over and in which nobody may still pay; what was not bought is sold as before. Return how many."""
    sales = await store.sales(tx, await store.ended_sales(tx, now, BATCH), lock=True)
    for sale in sales.values():
        await _end(tx, sale, FlashStatus.CLOSED, now)
    return len(sales)


async def stop(tx: Tx, sale_id: str, merchant_id: str | None, now: datetime) -> SaleRow:
    """Stop a sale at once: nobody enters or pays any more, what was bought stays bought; a sale that is over stays as it is.

    Raises: NotFound for others'.
    """
    sale = (await store.sales(tx, [sale_id], lock=True)).get(sale_id)
    if sale is None or merchant_id not in (None, sale.merchant_id):
        raise NotFound(what="flash sale")
    if sale.status is FlashStatus.LIVE:
        await _end(tx, sale, FlashStatus.STOPPED, now)
    return (await store.sales(tx, [sale_id]))[sale_id]


async def _end(tx: Tx, sale: SaleRow, status: FlashStatus, now: datetime) -> None:
    await store.close_entries(tx, sale.sale_id)
    totals = {"entered": sale.entered_count, "ordered": sale.ordered_count}
    ended = msgspec.structs.replace(sale, status=status)
    held = sale.won_count - sale.ordered_count
    await _write(tx, ended, [{"kind": status.value, **totals}], now, won=-held, waiting=-sale.waiting_count)
    if sale.ordered_count < sale.places:
        (freed,) = await stock.release(tx, [sale.sale_id], now)
        assert not isinstance(freed, Refusal), freed


async def _write(
    tx: Tx, sale: SaleRow, lines: Iterable[dict[str, Any]], now: datetime, **growth: int
) -> None:
    """Append lines to the log and move the sale's row on; it is locked, or new."""
    at = max(now, sale.log_at)
    await store.append(
        tx, sale, log.written(sale.log_count, [{"at": at} | line for line in lines]), at, **growth
    )
