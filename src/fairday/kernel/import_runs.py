"""Keep what files were brought in: who sent which one when, what came of it, and why rows were refused.

Guarantee: a run stands here when its answer was given; a dry run leaves nothing. The work comes first and the note after it, so
a crash between leaves rows without a note, and the same file sent again notes that all was there already.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Literal, TypeVar

import asyncpg
import msgspec

from fairday.kernel.csv_rows import ErrorList, ImportReport, RowError
from fairday.kernel.errors import NotFound
from fairday.kernel.ids import Id
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Database, Tx

sql = Queries("fairday.kernel", "import_runs.sql")
LAST_ID = "imp_zzzz"
"""Sorts after every run's id, for the first page."""
Report = TypeVar("Report", bound=ImportReport)
ImportKind = Literal["products", "places", "stock", "receipts"]
FileName = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=200, pattern=r"\S", description="What the file is called, for the history."
    ),
]


class ImportRun(msgspec.Struct, frozen=True, kw_only=True):
    """Tell of one import: `account_id` is null from the command line, `file_name` where none was told."""

    import_id: Id
    merchant_id: Id
    kind: ImportKind
    file_name: str | None
    account_id: str | None
    created_count: int
    updated_count: int
    unchanged_count: int
    error_count: int
    started_at: datetime
    finished_at: datetime


async def keep(
    database: Database,
    merchant_id: str,
    kind: ImportKind,
    work: Callable[[ErrorList], Awaitable[Report]],
    *,
    file_name: str | None = None,
    account_id: str | None = None,
) -> Report:
    """Do an import and note it, unless it was a dry run. Raises: what the work raises; such a file leaves no note."""
    errors = ErrorList()

    async def clock(tx: Tx, now: datetime) -> datetime:
        return now

    started_at = await database.run(clock)
    report = await work(errors)
    if report.is_dry_run:
        return report

    async def note(tx: Tx, now: datetime) -> None:
        await tx.execute(
            sql.insert_run, report.import_id, merchant_id, kind, file_name, account_id, report.created_count,
            report.updated_count, report.unchanged_count, report.error_count, sorted(errors.kept, key=lambda one: one.line), started_at, max(now, started_at),
        )  # fmt: skip

    await database.run(note)
    return report


async def page(
    tx: Tx, merchant_id: str, kind: ImportKind | None, before_id: str, limit: int
) -> list[ImportRun]:
    """Return a merchant's runs before `before_id`, the newest first."""
    return [_run(row) for row in await tx.fetch(sql.runs, merchant_id, kind, before_id, limit)]


async def get(tx: Tx, import_id: str) -> tuple[ImportRun, list[RowError]]:
    """Return a run with the reasons why rows were refused. Raises: NotFound."""
    row = await tx.fetchrow(sql.run, import_id)
    if row is None:
        raise NotFound(what="import")
    return _run(row), msgspec.convert(row["errors"], list[RowError])


async def forget(tx: Tx, before: datetime, limit: int) -> int:
    """Forget runs that ended before an instant; return how many."""
    return len(await tx.fetch(sql.forget_before, before, limit))


def _run(row: asyncpg.Record) -> ImportRun:
    return ImportRun(**{name: row[name] for name in ImportRun.__struct_fields__})
