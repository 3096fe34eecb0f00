"""Run the queries of flash sales: one thin typed function each."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from fairday.flashsales.log import GENESIS, Link, head_after, linked
from fairday.flashsales.rules import SaleRow
from fairday.flashsales.types import EntryState
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx

sql = Queries("fairday.flashsales")


class EntryRow(msgspec.Struct, frozen=True, gc=False):
    """Hold an entry's row; `ahead` and `who` are worked out where they are asked."""

    sale_id: str
    place: int
    person_id: str
    member_id: str
    state: EntryState
    holds_until: datetime | None
    entered_at: datetime
    order_id: str | None
    ahead: int = 0
    who: str = ""


async def insert_sale(tx: Tx, row: SaleRow) -> None:
    """Write a new sale; its log is empty."""
    await tx.execute(
        sql.insert_sale, row.sale_id, row.merchant_id, row.sku_id, row.store_id, row.name, row.name_en, row.currency,
        row.regular_minor, row.price_minor, row.places, row.waitlist_max, row.hold_s, row.starts_at, row.ends_at, row.made_by,
        row.made_at, row.who_key, row.log_hash,
    )  # fmt: skip


def _sales(rows: Sequence[asyncpg.Record]) -> list[SaleRow]:
    return [msgspec.convert(dict(row), SaleRow) for row in rows]


async def sales(tx: Tx, sale_ids: Sequence[str], *, lock: bool = False) -> dict[str, SaleRow]:
    """Return those sales that exist; locked until the transaction ends when asked."""
    rows = await tx.fetch(sql.lock_sales if lock else sql.sales, sorted(set(sale_ids)))
    return {row.sale_id: row for row in _sales(rows)}


async def coming(tx: Tx, now: datetime, limit: int) -> list[SaleRow]:
    """Return sales that run or come, the next first."""
    return _sales(await tx.fetch(sql.coming, now, limit))


async def of_merchant(tx: Tx, merchant_id: str, limit: int) -> list[SaleRow]:
    """Return a merchant's sales, the newest first."""
    return _sales(await tx.fetch(sql.of_merchant, merchant_id, limit))


async def entries_of(tx: Tx, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], EntryRow]:
    """Return the entries of (sale, person)."""
    rows = await tx.fetch(
        sql.entries_of_persons, [sale for sale, _ in pairs], [person for _, person in pairs]
    )
    return {(row["sale_id"], row["person_id"]): msgspec.convert(dict(row), EntryRow) for row in rows}


async def entry_of_person(tx: Tx, sale_id: str, person_id: str) -> EntryRow | None:
    """Return a person's entry with how many wait before it."""
    row = await tx.fetchrow(sql.entry_of_person, sale_id, person_id)
    return None if row is None else msgspec.convert(dict(row), EntryRow)


async def members_in(tx: Tx, sale_id: str) -> frozenset[str]:
    """Return the members who have a place or wait."""
    return frozenset([row[0] for row in await tx.fetch(sql.members_in, sale_id)])


async def insert_entries(tx: Tx, made: Sequence[EntryRow]) -> None:
    """Write entries; what all of a sale share goes over once."""
    sale_ids = list(dict.fromkeys([one.sale_id for one in made]))
    number = {sale_id: n for n, sale_id in enumerate(sale_ids, 1)}
    holds = {one.sale_id: one.holds_until for one in made if one.holds_until is not None}
    at = {one.sale_id: one.entered_at for one in made}
    await tx.execute(
        sql.insert_entries, sale_ids, [holds.get(one) for one in sale_ids], [at[one] for one in sale_ids],
        [number[one.sale_id] for one in made], [one.place for one in made], [one.person_id for one in made],
        [one.member_id for one in made], [one.state.value for one in made],
    )  # fmt: skip


async def append(
    tx: Tx, sale: SaleRow, lines: Sequence[str], at: datetime, *, entered: int = 0, won: int = 0, ordered: int = 0,
    waiting: int = 0,
) -> None:  # fmt: skip
    """Append a block of lines to a sale's log and move its row on by as much; the caller has it locked, or made it."""
    head, first = head_after(sale.log_hash, lines), sale.log_count + 1
    last = sale.log_count + len(lines)
    await tx.execute(sql.insert_log, sale.sale_id, first, last, lines, head)
    await tx.execute(
        sql.advance, sale.sale_id, entered, won, ordered, waiting, last, head, at, sale.status.value
    )


async def order_place(tx: Tx, sale_id: str, place: int, order_id: str, now: datetime) -> bool:
    """Turn a held place into an ordered one; tell whether it was held."""
    return await tx.fetchval(sql.order_place, sale_id, place, now, order_id) is not None


async def due_sales(tx: Tx, now: datetime, limit: int) -> list[str]:
    """Return sales in which a hold is over."""
    return [row[0] for row in await tx.fetch(sql.due_sales, now, limit)]


async def lapse(tx: Tx, sale_id: str, now: datetime) -> list[tuple[int, str]]:
    """End holds past their time; return (place, member)."""
    return sorted([(row[0], row[1]) for row in await tx.fetch(sql.lapse, sale_id, now)])


async def promote(tx: Tx, sale_id: str, count: int, until: datetime) -> list[tuple[int, str]]:
    """Give free places to the first who wait; return (place, member)."""
    return sorted([(row[0], row[1]) for row in await tx.fetch(sql.promote, sale_id, count, until)])


async def miss(tx: Tx, sale_id: str) -> int:
    """End the waiting of who waits; return how many."""
    return len(await tx.fetch(sql.miss, sale_id))


async def ended_sales(tx: Tx, now: datetime, limit: int) -> list[str]:
    """Return sales that are over and owe nobody a decision."""
    return [row[0] for row in await tx.fetch(sql.ended_sales, now, limit)]


async def close_entries(tx: Tx, sale_id: str) -> int:
    """End what is held or waits; return how many."""
    return len(await tx.fetch(sql.close_entries, sale_id))


async def log_links(tx: Tx, sale_id: str, after: int, blocks: int) -> list[Link]:
    """Return the links of a log after a number, of at most so many blocks."""
    links: list[Link] = []
    for first_number, lines, head in await tx.fetch(sql.log_blocks, sale_id, after, blocks):
        links += linked(head or GENESIS, first_number, lines)
    return [one for one in links if one.number > after]
