"""Run the stock's queries; one thin typed function each."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import asyncpg

from fairday.kernel import arrays
from fairday.kernel.sql import Queries
from fairday.kernel.tx import RetryTransaction, Tx
from fairday.stock.rules import Key
from fairday.stock.types import CountRow, Level, Reason, State, StockLine

sql = Queries("fairday.stock")

ReservationRow = tuple[str, str, str, str, int, str, datetime | None, datetime]
MovementRow = tuple[str, str, str, str, str, int, datetime]


class Given:
    """Hold a level as a set update left it, and how much it gave (0: its need did not fit)."""

    __slots__ = ("level", "moved")

    def __init__(self, row: "asyncpg.Record") -> None:
        sku_id, place_id, on_hand, reserved, safety, sells_online, self.moved = row
        self.level = Level(sku_id, place_id, on_hand, reserved, safety, sells_online)


def _split(keys: Sequence[Key]) -> tuple[list[str], list[str]]:
    return [sku_id for sku_id, _ in keys], [place_id for _, place_id in keys]


async def _give(tx: Tx, query: str, needs: Mapping[Key, int]) -> dict[Key, Given] | None:
    keys = sorted(needs)
    places = arrays.texts([sku_id for sku_id, _ in keys]), arrays.texts([place_id for _, place_id in keys])
    given = await tx.fetchval(query, *places, arrays.numbers([needs[key] for key in keys]))
    if given == len(keys):
        return None
    return {(row[0], row[1]): Given(row) for row in await tx.fetch(sql.given_levels, *places)}


async def reserve_levels(tx: Tx, needs: Mapping[Key, int]) -> dict[Key, Given] | None:
    """Let each existing level reserve its whole need or nothing, and lock them all.

    None means that every need fitted; else all levels are returned as they are now.
    """
    return await _give(tx, sql.reserve_levels, needs)


async def sell_levels(tx: Tx, needs: Mapping[Key, int]) -> dict[Key, Given] | None:
    """Let each existing level give its whole need away or nothing; answers as `reserve_levels`."""
    return await _give(tx, sql.sell_levels, needs)


async def all_have(tx: Tx, needs: Mapping[Key, int], *, at_till: bool) -> bool:
    """Tell whether every level has its need free now."""
    return bool(
        await tx.fetchval(
            sql.all_have,
            arrays.texts([sku_id for sku_id, _ in needs]),
            arrays.texts([place_id for _, place_id in needs]),
            arrays.numbers(list(needs.values())),
            len(needs),
            at_till,
        )
    )


async def take_what_left(tx: Tx, needs: Mapping[Key, int]) -> dict[Key, int]:
    """Let each existing level give what it has free, at most its need; return how much each gave."""
    keys = sorted(needs)
    rows = await tx.fetch(sql.take_what_left, *_split(keys), [needs[key] for key in keys])
    return {(row["sku_id"], row["place_id"]): row["moved"] for row in rows}


async def change_levels(tx: Tx, changes: Mapping[Key, tuple[int, int]]) -> None:
    """Add (on hand, reserved) to existing levels; either may be negative."""
    if not changes:
        return
    keys = sorted(changes)
    rows = await tx.fetch(
        sql.change_levels, *_split(keys), [changes[key][0] for key in keys], [changes[key][1] for key in keys]
    )
    assert len(rows) == len(keys), "a level is gone"


async def add_on_hand(tx: Tx, quantities: Mapping[Key, int]) -> None:
    """Add to what is on hand, making levels that do not exist yet."""
    keys = sorted(quantities)
    await tx.execute(sql.add_on_hand, *_split(keys), [quantities[key] for key in keys])


async def count_levels(tx: Tx, rows: Sequence[CountRow]) -> dict[Key, tuple[int, bool]]:
    """Set counted levels; return (change, whether it is new) of those that changed, which none below its reserved does."""
    ordered = sorted(rows, key=lambda row: (row.sku_id, row.place_id))
    found = await tx.fetch(
        sql.count_levels,
        [row.sku_id for row in ordered],
        [row.place_id for row in ordered],
        [row.on_hand for row in ordered],
        [row.safety for row in ordered],
        [row.sells_online for row in ordered],
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in found}


async def levels(tx: Tx, sku_ids: Sequence[str], place_ids: Sequence[str] | None) -> list[Level]:
    """Return the levels of SKUs at places, or everywhere when None."""
    return [Level(*row) for row in await tx.fetch(sql.levels, sku_ids, place_ids)]


async def levels_at(tx: Tx, keys: Sequence[Key]) -> dict[Key, Level]:
    """Return the levels of exactly these (sku_id, place_id)."""
    return {(row[0], row[1]): Level(*row) for row in await tx.fetch(sql.levels_at, *_split(keys))}


async def levels_of_sku(tx: Tx, sku_id: str, after: str, limit: int) -> list[Level]:
    """Return a SKU's levels at places after `after`, in order of place."""
    return [Level(*row) for row in await tx.fetch(sql.levels_of_sku, sku_id, after, limit)]


async def to_be_had(tx: Tx, sku_ids: Sequence[str]) -> set[str]:
    """Return those SKUs of which some place can send a piece now."""
    return {row["sku_id"] for row in await tx.fetch(sql.to_be_had, sku_ids)}


async def levels_of_place(
    tx: Tx, place_id: str, after: str, limit: int, free: tuple[int, int]
) -> list[Level]:
    """Return a place's levels of SKUs after `after`, in order of SKU, of which `free` pieces are free (both ends count)."""
    return [Level(*row) for row in await tx.fetch(sql.levels_of_place, place_id, after, limit, *free)]


async def reservations_of(
    tx: Tx, document_ids: Sequence[str]
) -> dict[str, list[tuple[StockLine, State, datetime | None]]]:
    """Return the lines of documents with their state and expiry."""
    found: dict[str, list[tuple[StockLine, State, datetime | None]]] = {}
    for row in await tx.fetch(sql.reservations_of, document_ids):
        document_id, line_id, sku_id, place_id, quantity, state, expires_at = row
        line = StockLine(line_id, sku_id, place_id, quantity)
        found.setdefault(document_id, []).append((line, State(state), expires_at))
    return found


async def insert_reservations(tx: Tx, rows: Iterable[ReservationRow]) -> None:
    """Append reservations. Raises: RetryTransaction when another transaction just reserved for one of the documents."""
    await _copy(
        tx,
        "reservation",
        ("document_id", "line_id", "sku_id", "place_id", "quantity", "state", "expires_at", "reserved_at"),
        rows,
    )


async def insert_movements(tx: Tx, rows: Iterable[MovementRow]) -> None:
    """Append movements. Raises: RetryTransaction when another transaction just moved one of the lines."""
    columns = ("document_id", "line_id", "reason", "sku_id", "place_id", "change", "moved_at")
    await _copy(tx, "movement", columns, rows)


async def _copy(tx: Tx, table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    try:
        await tx.copy_records_to_table(table, schema_name="stock", columns=columns, records=rows)
    except asyncpg.UniqueViolationError:
        raise RetryTransaction from None


async def settle_reservations(
    tx: Tx, document_ids: Sequence[str], state: State, line_ids: Sequence[str] | None, now: datetime
) -> list[tuple[str, StockLine]]:
    """Move the lines that may go to `state`; return (document_id, line) of those that went."""
    rows = await tx.fetch(sql.settle_reservations, sorted(set(document_ids)), state.value, now, line_ids)
    return [(row[0], StockLine(row[1], row[2], row[3], row[4])) for row in rows]


async def lower_reservations(
    tx: Tx, document_id: str, pieces: Mapping[str, int], now: datetime
) -> list[StockLine]:
    """Lower kept reservations by pieces per line; return what became free, line by line."""
    lines = sorted(pieces)
    rows = await tx.fetch(sql.lower_reservations, document_id, lines, [pieces[line] for line in lines], now)
    return [StockLine(row[0], row[1], row[2], row[3]) for row in rows]


async def due_documents(tx: Tx, now: datetime, limit: int) -> list[str]:
    """Return documents with reservations past their time, at most `limit` lines of them."""
    return [row[0] for row in await tx.fetch(sql.due_documents, now, limit)]


async def moved_lines(tx: Tx, document_ids: Sequence[str], reason: Reason) -> dict[str, dict[str, StockLine]]:
    """Return the lines that documents already moved for `reason`, by line id; quantities without sign."""
    found: dict[str, dict[str, StockLine]] = {}
    for row in await tx.fetch(sql.moved_lines, document_ids, reason.value):
        document_id, line_id, sku_id, place_id, change = row
        found.setdefault(document_id, {})[line_id] = StockLine(line_id, sku_id, place_id, abs(change))
    return found


async def sold_out(tx: Tx, sku_ids: Sequence[str]) -> list[str]:
    """Return which of the SKUs no place has any unreserved piece of."""
    return [row[0] for row in await tx.fetch(sql.sold_out, sku_ids)]
