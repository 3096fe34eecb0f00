"""Run the queries of receipts: one thin typed function each."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from fairday.kernel.sql import Queries
from fairday.kernel.tx import RetryTransaction, Tx
from fairday.receipts.types import CleaningReport, Coverage, DayTotal, Match, Receipt, ReceiptLine, Unit

sql = Queries("fairday.receipts")


class Latest(msgspec.Struct, frozen=True):
    """Hold what is known of a receipt's newest revision."""

    receipt_id: str
    revision: int
    content_hash: bytes
    superseded_by: str | None


class NewReceipt(msgspec.Struct, frozen=True):
    """Hold the row of a new receipt or revision, in the order of the insert's columns."""

    receipt_id: str
    store_id: str
    external_id: str
    revision: int
    till: str
    happened_at: datetime
    happened_on: date
    currency: str
    total_minor: int
    line_count: int
    return_count: int
    is_incomplete: bool
    corrects_external_id: str | None
    twin_of: str | None
    superseded_by: str | None
    content_hash: bytes
    fingerprint: bytes


async def latest(tx: Tx, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Latest]:
    """Return the newest revision of each (store id, external id)."""
    rows = await tx.fetch(
        sql.latest_revisions, [store_id for store_id, _ in keys], [external_id for _, external_id in keys]
    )
    return {
        (row["store_id"], row["external_id"]): Latest(
            row["receipt_id"], row["revision"], row["content_hash"], row["superseded_by"]
        )
        for row in rows
    }


async def correctors(tx: Tx, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str, bool]]:
    """Return (receipt id, external id, whether it counts) of the receipt that corrects each (store id, external id)."""
    rows = await tx.fetch(
        sql.correctors, [store_id for store_id, _ in keys], [external_id for _, external_id in keys]
    )
    return {
        (row["store_id"], row["corrects_external_id"]): (
            row["receipt_id"],
            row["external_id"],
            row["is_live"],
        )
        for row in rows
    }


async def twins(tx: Tx, rows: Sequence[NewReceipt], within: timedelta) -> dict[tuple[str, str], str]:
    """Return by (store id, external id) of `rows` another live receipt with the same fingerprint `within` that time."""
    found = await tx.fetch(
        sql.find_twins,
        [row.fingerprint for row in rows],
        [row.happened_at for row in rows],
        [row.external_id for row in rows],
        [row.corrects_external_id for row in rows],
        within,
    )
    return {(row["store_id"], row["external_id"]): row["twin"] for row in found}


async def lock(tx: Tx, merchant_id: str) -> None:
    """Let one import of a merchant write at a time, until the transaction ends."""
    await tx.execute(sql.lock_merchant, merchant_id)


async def supersede(tx: Tx, pairs: Sequence[tuple[str, str]]) -> None:
    """Mark (receipt, by). Raises: RetryTransaction when another transaction marked one first."""
    ordered = sorted(pairs)
    done = await tx.fetch(sql.supersede, [receipt_id for receipt_id, _ in ordered], [by for _, by in ordered])
    if len(done) != len(pairs):
        raise RetryTransaction


async def insert_receipts(
    tx: Tx, rows: Sequence[NewReceipt], merchant_id: str, import_id: str, now: datetime
) -> None:
    """Copy receipts in. Raises: RetryTransaction when another transaction inserted one of them first."""
    names = NewReceipt.__struct_fields__
    try:
        await tx.copy_records_to_table(
            "receipt",
            schema_name="receipts",
            columns=(*names, "merchant_id", "import_id", "recorded_at"),
            records=[(*(getattr(row, name) for name in names), merchant_id, import_id, now) for row in rows],
        )
    except asyncpg.UniqueViolationError:
        raise RetryTransaction from None


async def insert_lines(tx: Tx, lines: Iterable[tuple[str, ReceiptLine]]) -> None:
    """Copy lines of (receipt id, line) in; all lines of a receipt come together."""
    names = ReceiptLine.__struct_fields__
    await tx.copy_records_to_table(
        "line",
        schema_name="receipts",
        columns=("receipt_id", *names),
        records=[(receipt_id, *(getattr(line, name) for name in names)) for receipt_id, line in lines],
    )


async def insert_run(tx: Tx, report: CleaningReport) -> None:
    """Keep a cleaning report."""
    await tx.execute(sql.insert_run, report.import_id, report.merchant_id, report.recorded_at, report)


async def run(tx: Tx, import_id: str) -> CleaningReport | None:
    """Return a cleaning report."""
    row = await tx.fetchrow(sql.find_run, import_id)
    return None if row is None else msgspec.convert(row["report"], CleaningReport)


async def list_receipts(
    tx: Tx,
    merchant_id: str,
    before: tuple[datetime, str],
    since: datetime,
    store_id: str | None,
    on: date | None,
    with_superseded: bool,
    limit: int,
) -> list[Receipt]:
    """Return receipts by time of sale, the newest first, from `since` and before `before`."""
    rows = await tx.fetch(
        sql.list_receipts, merchant_id, *before, since, store_id, on, with_superseded, limit
    )
    return [Receipt(**dict(row)) for row in rows]


async def receipt(tx: Tx, receipt_id: str) -> Receipt | None:
    """Return a receipt."""
    row = await tx.fetchrow(sql.find_receipt, receipt_id)
    return None if row is None else Receipt(**dict(row))


async def lines(tx: Tx, receipt_id: str) -> list[ReceiptLine]:
    """Return a receipt's lines in order."""
    return [_line(row) for row in await tx.fetch(sql.find_lines, receipt_id)]


async def day_totals(
    tx: Tx, merchant_id: str, first: date, last: date, store_id: str | None, limit: int
) -> list[DayTotal]:
    """Return totals of live receipts by local day, store and currency."""
    rows = await tx.fetch(sql.day_totals, merchant_id, first, last, store_id, limit)
    return [DayTotal(**dict(row)) for row in rows]


async def coverage(
    tx: Tx, merchant_id: str | None, since: datetime, now: datetime, after: str, limit: int
) -> list[Coverage]:
    """Return how stores report since `since`, in id order after `after`; of one merchant or of all."""
    rows = await tx.fetch(sql.coverage, merchant_id, since, now, after, limit)
    return [Coverage(**dict(row)) for row in rows]


def _line(row: Any) -> ReceiptLine:
    return ReceiptLine(**(dict(row) | {"unit": Unit(row["unit"]), "match": Match(row["match"])}))
