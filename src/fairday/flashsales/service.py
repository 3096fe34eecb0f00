"""Open flash sales to everyone else."""

from collections.abc import Sequence
from datetime import datetime

from fairday.flashsales import rules, store
from fairday.flashsales.entering import enter, sold_out, view
from fairday.flashsales.rules import SaleRow
from fairday.flashsales.running import close_ended, create, entry_of, free_piece, lapse, lock, stop, take_win
from fairday.flashsales.types import (
    FlashEntry,
    FlashLogPage,
    FlashLogQuery,
    FlashSale,
    FlashSalesQuery,
    FlashStatus,
)
from fairday.kernel.errors import NotFound
from fairday.kernel.tx import Tx

__all__ = [
    "close_ended", "create", "enter", "find", "free_piece", "get", "is_public", "lapse", "lock", "log_page", "mine", "seen", "sold_out", "stop", "take_win",
]  # fmt: skip

BLOCKS = 20
"""Blocks of a log that one page reads; a block holds at most a lane's batch of lines."""


async def get(tx: Tx, sale_id: str) -> SaleRow:
    """Return a sale. Raises: NotFound."""
    sale = (await store.sales(tx, [sale_id])).get(sale_id)
    if sale is None:
        raise NotFound(what="flash sale")
    return sale


async def find(tx: Tx, query: FlashSalesQuery, now: datetime) -> list[SaleRow]:
    """Return sales that run or come, or with a merchant all of its."""
    if query.merchant_id is not None:
        return await store.of_merchant(tx, query.merchant_id, query.limit)
    return await store.coming(tx, now, query.limit)


def seen(rows: Sequence[SaleRow], now: datetime) -> list[FlashSale]:
    """Return sales as people see them."""
    return [
        FlashSale(
            row.sale_id, row.merchant_id, row.sku_id, row.store_id, row.name, row.name_en, row.currency, row.regular_minor,
            row.price_minor, row.places, row.waitlist_max, row.hold_s, row.starts_at, row.ends_at, row.status,
            rules.label(row, now), row.entered_count, row.won_count, row.ordered_count, row.waiting_count, row.log_count,
            row.log_hash.hex(),
        )
        for row in rows
    ]  # fmt: skip


async def mine(tx: Tx, sale_id: str, member_id: str) -> FlashEntry:
    """Return a member's place. Raises: NotFound."""
    sale = await get(tx, sale_id)
    row = await entry_of(tx, sale_id, member_id)
    if row is None:
        raise NotFound(what="entry")
    return view(sale, row)


async def log_page(tx: Tx, sale_id: str, query: FlashLogQuery) -> FlashLogPage:
    """Return lines of a sale's log as they are published. Raises: NotFound."""
    sale = await get(tx, sale_id)
    links = (await store.log_links(tx, sale_id, query.after, BLOCKS))[: query.limit]
    is_more = bool(links) and links[-1].number < sale.log_count
    return FlashLogPage([one.published for one in links], links[-1].number if is_more else None)


def is_public(sale: SaleRow) -> bool:
    """Tell whether a sale's log may be read by anybody: when it is over."""
    return sale.status is not FlashStatus.LIVE
